using NetMon.Events;

namespace NetMon.Storage;

/// <summary>
/// Files that take no more rows and are to appear under events/. Usually empty: a file stays only while the disk
/// refuses it.
/// </summary>
internal sealed class SealQueue(
    Func<HourFile, IReadOnlyDictionary<string, string>> metadata, SinkCounters counters, FailureLog failures)
{
    /// <summary>Each holds a file descriptor, a footer and maybe a row group in memory.</summary>
    private const int MaxFiles = 4;

    private readonly List<HourFile> _files = [];

    /// <summary>Takes the file over. If too many wait already, the oldest is given up.</summary>
    public void Add(HourFile file)
    {
        if (_files.Count == MaxFiles)
        {
            var oldest = _files[0];
            _files.RemoveAt(0);
            GiveUp(oldest, new IOException($"{oldest.Path} could not be sealed for too long"));
        }

        _files.Add(file);
    }

    /// <summary>Seals what can be sealed; returns whether all could. Rows count as delivered from here on.</summary>
    public bool TrySeal()
    {
        for (var index = 0; index < _files.Count;)
        {
            if (TrySeal(_files[index]))
            {
                _files.RemoveAt(index);
            }
            else
            {
                index++;
            }
        }

        return _files.Count == 0;
    }

    /// <summary>Counts what is left as failed.</summary>
    public void GiveUp()
    {
        foreach (var file in _files)
        {
            GiveUp(file, new IOException($"{file.Path} could not be sealed before the end"));
        }

        _files.Clear();
    }

    /// <summary>Counts the rows of a file that can't be sealed as failed and closes it.</summary>
    public void GiveUp(HourFile file, Exception why)
    {
        counters.AddFailed(file.Rows);
        failures.Failed(why, file.Rows);
        if (!file.IsWhole)
        {
            file.Discard();
        }

        file.Dispose();
    }

    /// <summary>Returns whether nothing is left to do for the file.</summary>
    private bool TrySeal(HourFile file)
    {
        try
        {
            file.Seal(metadata);
        }
        catch (FileLostException lost)
        {
            GiveUp(file, lost);
            return true;
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            failures.Failed(failure, rowsLost: 0);
            return false;
        }

        counters.AddDelivered(file.Rows);
        file.Dispose();
        failures.Succeeded();
        return true;
    }
}

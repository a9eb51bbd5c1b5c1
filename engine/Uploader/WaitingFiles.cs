using NetMon.Native;
using NetMon.Storage;
using NetMon.Storage.Uploads;

namespace NetMon.Uploader;

/// <summary>Finds the sealed files in a capture directory that are not uploaded. Not thread-safe.</summary>
internal sealed class WaitingFiles(ContainedFolder capture, UploadTarget target)
{
    private static readonly string[] Order = [CapturePaths.Loss, CapturePaths.Owners, CapturePaths.Events, CapturePaths.Rollup];

    /// <summary>Lists the files, the oldest date first; within a date losses and owners, then events, then roll-ups, whose keys derive from those of the events.</summary>
    /// <exception cref="IOException">The directory can't be read.</exception>
    public List<WaitingFile> Waiting() =>
        [.. All("").Where(file => !UploadMark.Is(capture, file.Path, file.Bytes, target))
            .OrderBy(file => file.Path.Split('/')[1], StringComparer.Ordinal)
            .ThenBy(file => Array.IndexOf(Order, file.Path.Split('/')[0]))
            .ThenBy(file => file.Path, StringComparer.Ordinal)];

    /// <summary>Removes markers of removed files, so that they do not apply to later files of the same name.</summary>
    /// <exception cref="IOException">A marker can't be removed.</exception>
    public void RemoveOrphans()
    {
        foreach (var mark in All(CapturePaths.Archived + "/").Select(file => file.Path[(CapturePaths.Archived.Length + 1)..]).ToList())
        {
            if (!capture.Has(mark))
            {
                UploadMark.Remove(capture, mark);
            }
        }
    }

    private IEnumerable<WaitingFile> All(string under)
    {
        foreach (var date in Dates(under + CapturePaths.Loss))
        {
            foreach (var file in In(date))
            {
                yield return file;
            }
        }

        foreach (var date in Dates(under + CapturePaths.Owners).Concat(Dates(under + CapturePaths.Events)).Concat(Dates(under + CapturePaths.Rollup)))
        {
            foreach (var hour in capture.Folders(date).Where(CapturePaths.IsHour))
            {
                foreach (var file in In($"{date}/{hour}"))
                {
                    yield return file;
                }
            }
        }
    }

    private IEnumerable<string> Dates(string tier) =>
        capture.Folders(tier).Where(CapturePaths.IsDate).Select(name => $"{tier}/{name}");

    private IEnumerable<WaitingFile> In(string folder) => capture.Files(folder)
        .Where(file => CapturePaths.IsSealed(file.Name))
        .Select(file => new WaitingFile($"{folder}/{file.Name}", file.Bytes));
}

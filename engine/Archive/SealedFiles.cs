using NetMon.Native;
using NetMon.Storage.Archive;

namespace NetMon.Archive;

/// <summary>What of a capture directory is sealed and not in the bucket. Reads only; one thread.</summary>
internal sealed class SealedFiles(ContainedFolder capture, ArchiveTarget target)
{
    private const string Ending = ".parquet";

    /// <summary>Files that wait, the oldest date and hour first, losses of a date before its events.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public List<SealedFile> Waiting() =>
        [.. All("").Where(file => !ArchiveMark.Is(capture, file.Path, file.Bytes, target))
            .OrderBy(file => file.Path[file.Path.IndexOf('/', StringComparison.Ordinal)..], StringComparer.Ordinal)];

    /// <summary>Removes marks whose file is gone, so that they don't speak for a later one of the same name.</summary>
    /// <exception cref="IOException">It can't.</exception>
    public void RemoveOrphans()
    {
        foreach (var mark in All(ArchiveMark.Folder + "/").Select(file => file.Path[(ArchiveMark.Folder.Length + 1)..]).ToList())
        {
            if (!capture.Has(mark))
            {
                ArchiveMark.Remove(capture, mark);
            }
        }
    }

    private IEnumerable<SealedFile> All(string under)
    {
        foreach (var date in Dates($"{under}loss"))
        {
            foreach (var file in In(date))
            {
                yield return file;
            }
        }

        foreach (var date in Dates($"{under}events"))
        {
            foreach (var hour in capture.Names(date).Where(name => name.StartsWith("hour=", StringComparison.Ordinal)))
            {
                foreach (var file in In($"{date}/{hour}"))
                {
                    yield return file;
                }
            }
        }
    }

    private IEnumerable<string> Dates(string tier) =>
        capture.Names(tier).Where(name => name.StartsWith("date=", StringComparison.Ordinal)).Select(name => $"{tier}/{name}");

    private IEnumerable<SealedFile> In(string folder) => capture.Files(folder)
        .Where(file => file.Name.EndsWith(Ending, StringComparison.Ordinal))
        .Select(file => new SealedFile($"{folder}/{file.Name}", file.Bytes));
}

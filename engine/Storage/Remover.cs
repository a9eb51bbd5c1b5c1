using NetMon.Storage.Uploads;

namespace NetMon.Storage;

/// <summary>Removes files of a capture directory, and counts them. For the sealing thread.</summary>
internal sealed class Remover(CaptureDirectory capture, WrittenFiles written, RemovalCounters removals)
{
    /// <summary>Returns the size of an hour in bytes: sealed files, and its files in hot/.</summary>
    /// <exception cref="IOException">A folder can't be read.</exception>
    public long BytesOf(Hour hour) => Folders(hour).Sum(folder => capture.Files(folder).Sum(file => file.Bytes));

    /// <summary>Removes an hour, and its folders if they are empty then; returns the bytes removed.</summary>
    /// <exception cref="IOException">A file can't be removed.</exception>
    public long Remove(Hour hour, RemovalReason reason)
    {
        var bytes = 0L;
        foreach (var folder in Folders(hour))
        {
            bytes += RemoveFiles(folder, reason);
            capture.DeleteIfEmpty(folder);
        }

        return bytes;
    }

    /// <summary>Removes a piece.</summary>
    /// <exception cref="IOException">The piece can't be removed.</exception>
    public void RemovePiece(string path, long bytes, RemovalReason reason)
    {
        capture.Root.Delete(path);
        written.Forget(path);
        removals.Add(reason, bytes);
    }

    /// <summary>Removes the agent's files in a folder; returns the bytes removed.</summary>
    /// <exception cref="IOException">A file can't be removed.</exception>
    public long RemoveFiles(string folder, RemovalReason reason)
    {
        var removed = 0L;
        foreach (var (name, bytes) in capture.Files(folder))
        {
            if (CapturePaths.IsSealed(name) || CapturePaths.IsDamaged(name) || CapturePaths.IsSegment(name) || CapturePaths.IsLossJournal(name)
                || CapturePaths.IsHotRollup(name) || CapturePaths.IsHotOwners(name) || CapturePaths.IsPartial(name))
            {
                if (CapturePaths.IsSegment(name) && written.In($"{folder}/{name}") is not null)
                {
                    continue; // in use: late rows arrived for an hour that was over
                }

                UploadMark.Remove(capture.Root, $"{folder}/{name}"); // first, so that a marker never applies to a later file of the same name
                capture.Root.Delete($"{folder}/{name}");
                written.Forget($"{folder}/{name}");
                removals.Add(reason, bytes);
                removed += bytes;
            }
        }

        return removed;
    }

    private static string[] Folders(Hour hour) => [CapturePaths.EventsFolder(hour), CapturePaths.HotFolder(hour)];
}

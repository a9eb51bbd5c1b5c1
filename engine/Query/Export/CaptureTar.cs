using System.Formats.Tar;
using NetMon.Native;
using NetMon.Query.Files;
using NetMon.Query.Planning;
using NetMon.Storage;

namespace NetMon.Query.Export;

/// <summary>
/// Writes the files of a capture's hours as a tar archive, to which the agent may be adding meanwhile. Unpacked, it is a capture
/// directory, and those of several nodes unpacked into one folder are one. One thread.
/// </summary>
/// <param name="root">The capture directory, absolute.</param>
/// <param name="bounds">Which hours; all files of an hour are written.</param>
/// <param name="output">Where to; it stays open.</param>
internal sealed class CaptureTar(string root, ScanBounds bounds, Stream output)
{
    /// <summary>The name of the last entry, which is empty: without it the archive is not whole.</summary>
    public const string LastEntry = "complete";

    private readonly List<LeftOut> _leftOut = [];

    /// <summary>What could not be read, and why.</summary>
    public IReadOnlyList<LeftOut> LeftOut => _leftOut;

    /// <summary>Writes the archive.</summary>
    /// <exception cref="IOException">The capture can't be read, or the output not written.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be read.</exception>
    public void Write()
    {
        using var archive = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);

        // In the order in which rows move on, each folder listed when its turn comes: what is gone by then is found behind it, and
        // what is there twice says itself what it was made of.
        Add(archive, CapturePaths.Hot, name => CapturePaths.IsSegment(name) || CapturePaths.IsLossJournal(name), movesOn: true);
        Add(archive, CapturePaths.Hot, name => CapturePaths.IsSealed(name) || CapturePaths.IsHotRollup(name) || CapturePaths.IsHotOwners(name), movesOn: true);
        Add(archive, CapturePaths.Events, CapturePaths.IsSealed, movesOn: false);
        Add(archive, CapturePaths.Rollup, CapturePaths.IsSealed, movesOn: false);
        Add(archive, CapturePaths.Owners, CapturePaths.IsSealed, movesOn: false);
        Add(archive, CapturePaths.Loss, CapturePaths.IsSealed, movesOn: false);
        archive.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, LastEntry));
    }

    private void Add(TarWriter archive, string name, Func<string, bool> isFile, bool movesOn)
    {
        var tier = new Tier(root, name, byHour: name != CapturePaths.Loss, isFile);
        foreach (var file in tier.List(bounds))
        {
            try
            {
                using var content = Content(file.Path, grows: CapturePaths.IsSegment(file.Path) || CapturePaths.IsLossJournal(file.Path));
                archive.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{name}/{file.Key}") { DataStream = content });
            }
            catch (FileNotFoundException) when (movesOn)
            {
                // Its rows are in a file that is listed later.
            }
            catch (FileNotFoundException)
            {
                _leftOut.Add(new LeftOut(file.Path, "it was removed meanwhile"));
            }
            catch (UnauthorizedAccessException)
            {
                _leftOut.Add(new LeftOut(file.Path, "permission denied: a capture is readable by its owner and group only, run as one of these"));
            }
        }

        _leftOut.AddRange(tier.LeftOut);
    }

    /// <summary>A file's bytes. Of one that grows, what it has now: an entry's length comes before its content.</summary>
    private static Stream Content(string path, bool grows)
    {
        var file = new FileStream(RegularFile.Open(path), FileAccess.Read);
        if (!grows)
        {
            return file;
        }

        using (file)
        {
            var bytes = new byte[file.Length];
            return new MemoryStream(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false), writable: false);
        }
    }
}

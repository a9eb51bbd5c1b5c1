using System.Formats.Tar;
using NetMon.Native;
using NetMon.Query.Files;
using NetMon.Query.Planning;
using NetMon.Storage;

namespace NetMon.Query.Export;

/// <summary>
/// Writes the files of a capture's hours as a tar archive, while an agent may be writing to the capture. Unpacked, it is a capture
/// directory; archives of several nodes can be unpacked into the same folder. Not thread-safe.
/// </summary>
/// <param name="root">The capture directory, an absolute path.</param>
/// <param name="bounds">The hours; all files of an hour are written.</param>
/// <param name="output">The output; not closed.</param>
internal sealed class CaptureTar(string root, ScanBounds bounds, Stream output)
{
    /// <summary>The name of the last entry, which is empty. An archive without it is incomplete.</summary>
    public const string LastEntry = "complete";

    private readonly List<LeftOut> _leftOut = [];

    /// <summary>The files that could not be read, with reasons.</summary>
    public IReadOnlyList<LeftOut> LeftOut => _leftOut;

    /// <summary>Writes the archive.</summary>
    /// <exception cref="IOException">The capture can't be read, or the output can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to a folder is denied.</exception>
    public void Write()
    {
        using var archive = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);

        // In the order in which rows move on, listing each folder when it is reached: rows that have moved are found in a later
        // folder, and files that contain the same rows list what they were made of.
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
                _leftOut.Add(new LeftOut(file.Path, "it was removed in the meantime"));
            }
            catch (UnauthorizedAccessException)
            {
                _leftOut.Add(new LeftOut(file.Path, "permission denied: only its owner and group can read a capture, run as one of these"));
            }
        }

        _leftOut.AddRange(tier.LeftOut);
    }

    /// <summary>Returns a file's bytes. For a growing file, the current ones: a tar entry's length precedes its content.</summary>
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

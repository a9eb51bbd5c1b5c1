using Microsoft.Win32.SafeHandles;
using NetMon.Events;
using NetMon.Foundation.Logging;
using NetMon.Storage.Hot;

namespace NetMon.Storage;

/// <summary>
/// Seals the files that earlier runs left in hot/, without an agent. Takes the directory's lock for each call, so it can't run beside an
/// agent. The recorded time since when no agent has run is kept: the next agent still records it as a loss.
/// </summary>
public static class Leftovers
{
    /// <summary>Sealing an incomplete segment records a loss row, which the second pass seals.</summary>
    private const int Passes = 2;

    /// <summary>Finds the nodes with files in hot/, ordered by name.</summary>
    /// <param name="captureDirectory">Must exist.</param>
    /// <exception cref="CaptureDirectoryException">An agent is using the directory, or it can't be read.</exception>
    public static IReadOnlyList<LeftoverNode> Find(string captureDirectory)
    {
        if (!Directory.Exists(Path.Combine(captureDirectory, CapturePaths.Hot)))
        {
            return [];
        }

        try
        {
            using var capture = new CaptureDirectory(Path.GetFullPath(captureDirectory), node: "");
            var files =
                from hour in capture.Hours(CapturePaths.Hot)
                let folder = CapturePaths.HotFolder(hour)
                from name in capture.Root.FileNames(folder)
                let node = NodeNameOf(name)
                where node is not null
                select (Node: node, Path: $"{folder}/{name}");
            return [.. files.GroupBy(file => file.Node, file => file.Path, StringComparer.Ordinal)
                .Select(node => new LeftoverNode(NodeOf(capture, node) ?? NodeFileName.TryDecode(node.Key), node.Key)).OrderBy(node => node.FileName, StringComparer.Ordinal)];
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            throw new CaptureDirectoryException($"can't read {captureDirectory}: {failure.Message} Run it as the owner of these files.", failure);
        }
    }

    /// <summary>Seals the files of one node.</summary>
    /// <param name="options">The directory, the node, and the files' metadata.</param>
    /// <param name="log">For the operator; used on any thread.</param>
    /// <exception cref="CaptureDirectoryException">An agent is using the directory, or it can't be accessed.</exception>
    public static SealedLeftovers Seal(CaptureSinkOptions options, Logger log)
    {
        var found = Paths(options);
        var left = found;
        for (var pass = 0; pass < Passes && left.Count > 0; pass++)
        {
            new CaptureSink(options, new SinkCounters(CaptureSink.Stage), log).Close();
            left = Paths(options);
        }

        var taken = found.Except(left).ToList();
        return new SealedLeftovers(
            taken.Count(HasEvents), taken.Where(HasEvents).Select(FolderOf).Distinct().Count(), taken.Count(CapturePaths.IsLossJournal), left.Count);
    }

    private static HashSet<string> Paths(CaptureSinkOptions options)
    {
        using var capture = new CaptureDirectory(Path.GetFullPath(options.CaptureDirectory), options.Node);
        return [.. Extensions.SelectMany(capture.FindHot).Select(file => file.Path)];
    }

    private static string[] Extensions => [CapturePaths.SegmentExtension, CapturePaths.SealedExtension, CapturePaths.LossExtension, CapturePaths.OwnersExtension, CapturePaths.PartialExtension];

    private static string? NodeNameOf(string name) => Extensions.Select(extension => CapturePaths.NodeNameOf(name, extension)).FirstOrDefault(node => node is not null);

    private static bool HasEvents(string path) => CapturePaths.IsSegment(path) || CapturePaths.IsPiece(path);

    private static string FolderOf(string path) => path[..path.LastIndexOf('/')];

    /// <summary>Returns the node's name as stored in its files; null if none can be read.</summary>
    private static string? NodeOf(CaptureDirectory capture, IEnumerable<string> paths)
    {
        foreach (var path in paths.Where(HasEvents))
        {
            if (capture.Root.TryOpen(path, writable: false) is { } file && (CapturePaths.IsSegment(path) ? NodeOfSegment(file) : SealedFile.NodeOf(file)) is { } node)
            {
                return node;
            }
        }

        return null;
    }

    private static string? NodeOfSegment(SafeFileHandle file)
    {
        using var segment = HotSegmentReader.Open(file);
        return segment.IsKnown ? segment.Node : null;
    }
}

namespace NetMon.Storage.Loss;

/// <summary>Losses that are not sealed yet, for readers of a capture directory other than the agent.</summary>
public static class LossText
{
    /// <summary>Parses the content of a <c>.loss</c> file in hot/; malformed lines are skipped.</summary>
    public static IReadOnlyList<LossRow> Parse(string text) => LossFile.Parse(text, out _);

    /// <summary>Returns the node that such a file belongs to, from its name (for a very long name, its beginning and a digest).</summary>
    public static string NodeOf(string path) => Uri.UnescapeDataString(CapturePaths.NodeNameOf(path, CapturePaths.LossExtension) ?? CapturePaths.NameOf(path));
}

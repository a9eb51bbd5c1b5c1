namespace NetMon.Storage.Loss;

/// <summary>Losses that are not sealed yet, for who reads a capture beside the agent.</summary>
public static class LossText
{
    /// <summary>The rows of a <c>.loss</c> file of hot/, whatever is in it; what is no whole row is passed over.</summary>
    public static IReadOnlyList<LossRow> Parse(string text) => LossFile.Parse(text, out _);

    /// <summary>The node that such a file belongs to, as its name has it (of a very long name the beginning and a digest).</summary>
    public static string NodeOf(string path) => Uri.UnescapeDataString(CapturePaths.NodeNameOf(path, CapturePaths.LossExtension) ?? CapturePaths.NameOf(path));
}

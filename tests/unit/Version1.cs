using NetMon.UnitTests.Layout;

namespace NetMon.UnitTests;

/// <summary>
/// Files of agent 0.1.0, from its synthetic source: a recording of 40 events, the lines and the sealed file of the same events, a hot
/// segment of 29 others that a kill left, and their lines; a sealed file and a journal of losses, of other runs.
/// </summary>
internal static class Version1
{
    public static string Recording => File("recording.netmon");

    public static string SealedFile => File("sealed.parquet");

    public static string Segment => File("segment.arrows");

    public static string SealedLosses => File("sealed-loss.parquet");

    public static string LossJournal => File("rows.loss");

    public static string[] LinesOfRecording => System.IO.File.ReadAllLines(File("recording.jsonl"));

    public static string[] LinesOfSegment => System.IO.File.ReadAllLines(File("segment.jsonl"));

    private static string File(string name) => RepositoryFiles.Find($"tests/unit/Fixtures/version1/{name}", "restore it from git");
}

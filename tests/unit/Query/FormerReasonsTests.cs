using NetMon.Foundation;
using NetMon.Query;
using NetMon.Storage.Loss;
using NetMon.UnitTests.Layout;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Query;

public sealed class FormerReasonsTests : IDisposable
{
    private readonly CaptureFolder _capture = new();

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void Former_and_current_reasons_are_one_while_the_losses_are_hot_and_when_they_are_sealed()
    {
        const string question = "SELECT stage || '.' || reason AS loss, sum(count)::BIGINT AS n FROM loss GROUP BY ALL ORDER BY 1";
        const string expected = "loss,n\ncapture.malformed,2\ndecode.corrupt,13\nsource.corrupt_bytes,24\nsource.no_room,5\nsource.ring_full,1\n";
        var file = Path.Combine(_capture.Hot, "date=2026-11-22/hour=19", "node-1.9ca5b77dadfd4b03-000001.loss");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, string.Concat(
            Line("source", "garbled_bytes", 24), Line("capture", "misshapen", 2), Line("decode", "garbled", 3), Line("decode", "corrupt", 10), Line("source", "no_state", 5), Line("source", "ring_full", 1)));
        Assert.Equal(expected, _capture.Print(question, OutputFormat.Csv));

        _capture.Open().Close();

        Assert.False(File.Exists(file));
        Assert.Equal(expected, _capture.Print(question, OutputFormat.Csv));
        Assert.Contains("capture.malformed, decode.corrupt, source.corrupt_bytes, source.no_room, source.ring_full", _capture.Print("SELECT reasons FROM completeness", OutputFormat.Csv), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_is_listed_in_the_changelog_and_in_the_script_for_other_readers()
    {
        var changelog = File.ReadAllText(RepositoryFiles.Find("CHANGELOG.md", "it is part of the tree"));
        var script = File.ReadAllText(RepositoryFiles.Find("schemas/capture.sql", "it is part of the tree"));
        Assert.Contains($"({FormerReasons.Current} AS reason)", script, StringComparison.Ordinal);
        Assert.All(FormerNames.LossReasons, pair =>
        {
            Assert.Contains($".{pair.Former}`", changelog, StringComparison.Ordinal);
            Assert.Contains($".{pair.Current}`", changelog, StringComparison.Ordinal);
        });
    }

    private static string Line(string stage, string reason, long count) => LossLine.Of(new LossRow(Sample.Hour19, Sample.Hour19 + Sample.Second, stage, reason, count));
}

using NetMon.Events;
using NetMon.Storage;
using Xunit;

namespace NetMon.UnitTests.Storage;

public sealed class ParquetLeftoversTests : IDisposable
{
    private readonly CaptureFolder _capture = new();

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void What_a_killed_run_left_is_removed_and_told_of_in_a_line()
    {
        Directory.CreateDirectory(_capture.Hot);
        Leave("node-1.2026-11-22T19.00ff.parquet.partial", "PAR1 and no footer");
        Leave("node-1.2026-11-22T20.00fe.parquet.partial", "");
        Leave("node-1.b.2026-11-22T19.00ff.parquet.partial", "of another node");
        Leave("node-1.notes.txt", "of somebody");

        _capture.Open().Close();

        Assert.Equal(
            ["node-1.b.2026-11-22T19.00ff.parquet.partial", "node-1.notes.txt"],
            Directory.GetFiles(_capture.Hot).Select(Path.GetFileName).Where(name => name![0] != '.').Order(StringComparer.Ordinal));
        var report = Assert.Single(_capture.Reports);
        Assert.Contains("removed 2 unfinished files with 18 bytes", report, StringComparison.Ordinal);
        Assert.Empty(_capture.Sealed);
    }

    [Fact]
    public void A_whole_file_that_was_only_not_moved_is_sealed()
    {
        var first = _capture.Open();
        first.Write([Sample.Accept(Sample.Hour19)]);
        first.Close();
        var sealedFile = Path.Combine(_capture.Events, _capture.Sealed[0]);
        File.Move(sealedFile, Path.Combine(_capture.Hot, "node-1.2026-11-22T19.00ff.parquet.partial"));

        _capture.Open().Close();

        Assert.True(File.Exists(sealedFile));
        Assert.Empty(_capture.Partials);
        Assert.Contains("sealed 1", Assert.Single(_capture.Reports), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node-1", "node-1")]
    [InlineData("ip-10-0-0-1.eu-west-1.compute.internal", "ip-10-0-0-1.eu-west-1.compute.internal")]
    [InlineData("..", "%2E.")]
    [InlineData("../../etc/cron.d/x", "%2E.%2F..%2Fetc%2Fcron.d%2Fx")]
    [InlineData(".hidden", "%2Ehidden")]
    [InlineData("a=b*[c]?", "a%3Db%2A%5Bc%5D%3F")]
    [InlineData("nœud 1", "n%C5%93ud%201")]
    [InlineData("", "%00")]
    public void A_nodes_name_stays_in_the_column_and_a_safe_one_names_the_file(string node, string file)
    {
        var sink = _capture.Open(node, rowGroupRows: 1);
        sink.Write([Sample.Accept(Sample.Hour19)]);
        Assert.Single(_capture.Partials);
        sink.Close();

        Assert.Equal([$"date=2026-11-22/hour=19/{file}.parquet"], _capture.Sealed);
        Assert.Equal([[node]], _capture.Query("SELECT node FROM {events}"));
    }

    [Fact]
    public void Long_names_are_cut_and_stay_different()
    {
        var names = new[] { new string('n', 253), new string('n', 252), new string('/', 253) };
        Assert.All(names, name => Assert.InRange(NodeFileName.Of(name).Length, 1, 200));
        Assert.Equal(3, names.Select(NodeFileName.Of).Distinct().Count());

        foreach (var name in names)
        {
            var sink = _capture.Open(name);
            sink.Write([Sample.Accept(Sample.Hour19)]);
            sink.Close();
        }

        Assert.Equal([[3L]], _capture.Query("SELECT count(DISTINCT node) FROM {events}"));
    }

    [Fact]
    public void A_directory_that_cannot_be_used_is_refused_with_the_reason()
    {
        var file = Path.Combine(Directory.CreateDirectory(_capture.Path).FullName, "taken");
        File.WriteAllText(file, "");

        var refusal = Assert.Throws<CaptureDirectoryException>(() => _capture.Open(path: file));

        Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--capture", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<CaptureDirectoryException>(() => _capture.Open(path: "/proc/netmon"));
        Assert.Throws<CaptureDirectoryException>(() => _capture.Open(path: ""));
    }

    private void Leave(string name, string text) => File.WriteAllText(Path.Combine(_capture.Hot, name), text);
}

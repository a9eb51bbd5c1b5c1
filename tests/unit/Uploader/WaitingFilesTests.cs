using NetMon.Native;
using NetMon.Storage.Uploads;
using NetMon.Uploader;
using Xunit;

namespace NetMon.UnitTests.Uploader;

public sealed class WaitingFilesTests : IDisposable
{
    private static readonly UploadTarget Target = new("bucket", "prefix");
    private readonly string _folder = Directory.CreateTempSubdirectory("netmon-waiting-").FullName;
    private readonly ContainedFolder _capture;

    public WaitingFilesTests() => _capture = new ContainedFolder(_folder);

    public void Dispose()
    {
        _capture.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void The_oldest_date_is_first_and_losses_precede_events_and_roll_ups()
    {
        string[] expected =
        [
            "loss/date=2026-11-21/n1.parquet",
            "events/date=2026-11-21/hour=23/n1.parquet",
            "rollup/date=2026-11-21/hour=23/n1.parquet",
            "loss/date=2026-11-22/n1.parquet",
            "events/date=2026-11-22/hour=00/n1.parquet",
            "events/date=2026-11-22/hour=00/n2.parquet",
            "events/date=2026-11-22/hour=09/n1.parquet",
            "events/date=2026-11-22/hour=10/n1.parquet",
            "rollup/date=2026-11-22/hour=00/n1.parquet",
            "rollup/date=2026-11-22/hour=09/n1.parquet",
        ];
        foreach (var path in expected.Reverse())
        {
            Make(path, path.Length);
        }

        Assert.Equal(expected.Select(path => new WaitingFile(path, path.Length)), Waiting());
    }

    [Fact]
    public void Files_that_are_not_sealed_are_left_alone()
    {
        Make("hot/date=2026-11-22/hour=00/n1.run-000001.arrows", 1);
        Make("hot/date=2026-11-22/hour=00/n1.run-000002.parquet.partial", 1);
        Make("events/date=2026-11-22/hour=00/notes.txt", 1);
        Make("events/date=2026-11-22/n1.parquet", 1);
        Make("events/other/hour=00/n1.parquet", 1);
        Make("n1.parquet", 1);
        Assert.Empty(Waiting());
    }

    [Fact]
    public void A_marked_file_is_not_waiting_unless_its_size_or_the_target_differs()
    {
        const string path = "events/date=2026-11-22/hour=00/n1.parquet";
        Make(path, 10);
        UploadMark.Write(_capture, path, 10, Target, $"prefix/{path}", "00");
        Assert.Empty(Waiting());
        Assert.Single(new WaitingFiles(_capture, Target with { Prefix = "" }).Waiting());
        Make(path, 11);
        Assert.Equal([new WaitingFile(path, 11)], Waiting());
    }

    [Fact]
    public void Only_marks_without_a_file_are_removed()
    {
        const string kept = "events/date=2026-11-22/hour=00/n1.parquet";
        const string gone = "events/date=2026-11-22/hour=01/n1.parquet";
        Make(kept, 10);
        UploadMark.Write(_capture, kept, 10, Target, kept, "00");
        UploadMark.Write(_capture, gone, 10, Target, gone, "00");
        UploadMark.Write(_capture, "loss/date=2026-11-22/n1.parquet", 10, Target, "loss", "00");
        new WaitingFiles(_capture, Target).RemoveOrphans();
        Assert.Equal([$"archived/{kept}"], Directory.EnumerateFiles(Path.Combine(_folder, "archived"), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder, file)));
    }

    private List<WaitingFile> Waiting() => new WaitingFiles(_capture, Target).Waiting();

    private void Make(string path, int bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, path))!);
        File.WriteAllBytes(Path.Combine(_folder, path), new byte[bytes]);
    }
}

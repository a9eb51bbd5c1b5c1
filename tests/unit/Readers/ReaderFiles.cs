using NetMon.Events.Columns;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Readers;

/// <summary>
/// A capture of one node made by the product: an hour of several row groups, one of one row, one of a larger group, one that is not sealed,
/// and none for an hour without events; in addition a file of version 1, a roll-up of several row groups, and files of owners.
/// </summary>
public sealed class ReaderFiles : IDisposable
{
    public const int RowGroupRows = 64;

    private const int Rows = 600;
    private const int RowsOfLargeGroup = 3000;
    private const int SummedEvents = 6000;
    private readonly CaptureFolder _capture = new();
    private readonly CaptureFolder _summed = new();

    public ReaderFiles()
    {
        var sealedHours = _capture.Open(change: options => options with { RowGroupRows = RowGroupRows });
        var many = ExtremeEvents.OfHour(Sample.Hour19, Rows);
        var one = ExtremeEvents.AllNull(Sample.Hour19 + 2 * Sample.HourLong);
        sealedHours.Write([.. many.Append(one).Select(written => written.Event)]);
        sealedHours.Close();
        Assert.Equal(["date=2026-11-22/hour=19/node-1.parquet", "date=2026-11-22/hour=21/node-1.parquet"], _capture.Sealed);
        Version1 = Path.Combine(_capture.Events, "date=2026-11-26/hour=12/node-1.parquet");
        Directory.CreateDirectory(Path.GetDirectoryName(Version1)!);
        File.Copy(UnitTests.Version1.SealedFile, Version1);
        var large = ExtremeEvents.OfHour(Sample.Hour19 + 4 * Sample.HourLong, RowsOfLargeGroup);
        var oneGroup = _capture.Open();
        oneGroup.Write([.. large.Select(written => written.Event)]);
        oneGroup.Close();
        var summed = SummedEvent.All(ExtremeEvents.OfHour(Sample.Hour19, SummedEvents));
        var rollups = _summed.Open();
        rollups.Write([.. summed.Select(written => written.Event)]);
        rollups.Close();
        Rollup = new ReadFile(Path.Combine(_summed.Path, "rollup", Assert.Single(_summed.Rollups)), [.. summed.Select(SummedEvent.RowOf)]);
        Owners = [ExtremeOwners.WriteMany(Path.Combine(_summed.Path, "many.parquet")), ExtremeOwners.WriteNode(Path.Combine(_summed.Path, "node.parquet"))];
        Files = [Sealed(0, many), Sealed(1, one), Sealed(2, large), WritePiece(ExtremeEvents.OfHour(Sample.Hour19 + 3 * Sample.HourLong, RowGroupRows))];
    }

    /// <summary>The columns of every file of events, in order.</summary>
    public static string[] Columns { get; } = [.. EventColumns.All.Select(column => column.Name)];

    /// <summary>Files of the current version, the one with many row groups first.</summary>
    public IReadOnlyList<ReadFile> Files { get; }

    /// <summary>A roll-up with one event per row, in another capture.</summary>
    public ReadFile Rollup { get; }

    /// <summary>Files of owners.</summary>
    public IReadOnlyList<ReadFile> Owners { get; }

    /// <summary>A sealed file of agent 0.1 in the same capture.</summary>
    public string Version1 { get; }

    /// <summary>The folder of sealed hours.</summary>
    public string Events => _capture.Events;

    public void Dispose()
    {
        _capture.Dispose();
        _summed.Dispose();
    }

    private ReadFile Sealed(int index, params WrittenEvent[] events) =>
        new(Path.Combine(_capture.Events, _capture.Sealed[index]), [.. events.Select(written => written.Row)]);

    /// <summary>Like a running agent: each write fills a segment, which becomes a piece when the next one starts.</summary>
    private ReadFile WritePiece(WrittenEvent[] events)
    {
        var sink = _capture.Open(change: options => options with { RowGroupRows = RowGroupRows, DurableWithin = TimeSpan.Zero });
        sink.Write([.. events.Select(written => written.Event)]);
        sink.Write([events[^1].Event]);
        CaptureFolder.WaitFor(() => _capture.Pieces.Length == 1 && _capture.Segments.Length == 1, "a piece and the segment that follows");
        sink.Abandon();
        return new ReadFile(_capture.Pieces[0], [.. events.Select(written => written.Row)]);
    }
}

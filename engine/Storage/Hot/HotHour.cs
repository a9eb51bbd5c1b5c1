namespace NetMon.Storage.Hot;

/// <summary>An hour that accepts rows: the next batch, the current segment, and the segments before.</summary>
internal sealed class HotHour(Hour hour, HotBatchBuilder batch)
{
    public Hour Hour { get; } = hour;

    public HotBatchBuilder Batch { get; } = batch;

    public HotDictionaries Dictionaries { get; } = new();

    /// <summary>The watermark from which on the hour may be sealed.</summary>
    public long SealAfterUnixNanoseconds { get; set; }

    /// <summary>When the first row of <see cref="Batch"/> arrived, in milliseconds of Environment.TickCount64.</summary>
    public long FirstRowAt { get; set; }

    /// <summary>The watermark when that row arrived: all older rows have been written.</summary>
    public long FirstRowWatermark { get; set; }

    /// <summary>The current segment; null before the first batch and between segments.</summary>
    public HotSegment? Segment { get; set; }

    /// <summary>Paths of the hour's segments that have not been passed on for sealing, including those of earlier runs.</summary>
    public List<string> Segments { get; } = [];
}

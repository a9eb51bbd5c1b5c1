namespace NetMon.Storage.Hot;

/// <summary>An hour that takes rows: those of its next batch, the segment that is appended to, and the ones before.</summary>
internal sealed class HotHour(Hour hour, HotBatchBuilder batch)
{
    public Hour Hour { get; } = hour;

    public HotBatchBuilder Batch { get; } = batch;

    public HotDictionaries Dictionaries { get; } = new();

    /// <summary>The watermark from which on it is to be sealed.</summary>
    public long SealAfterUnixNanoseconds { get; set; }

    /// <summary>When the first row of <see cref="Batch"/> came, milliseconds of Environment.TickCount64.</summary>
    public long FirstRowAt { get; set; }

    /// <summary>The watermark when that row came: what is older has been written before.</summary>
    public long FirstRowWatermark { get; set; }

    /// <summary>Null until the first batch, and between segments.</summary>
    public HotSegment? Segment { get; set; }

    /// <summary>Paths of the segments of this hour that are not handed on yet, also of earlier runs.</summary>
    public List<string> Segments { get; } = [];
}

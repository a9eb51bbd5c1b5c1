using NetMon.Storage.Columns;

namespace NetMon.Storage;

/// <summary>An hour that takes rows: those gathered for its next row group, and the file that has the ones before.</summary>
internal sealed class OpenHour(Hour hour, RowGroupBuilder rows, long sealAfterUnixNanoseconds)
{
    public Hour Hour { get; } = hour;

    public RowGroupBuilder Rows { get; } = rows;

    /// <summary>The watermark from which on it is to be sealed.</summary>
    public long SealAfterUnixNanoseconds { get; } = sealAfterUnixNanoseconds;

    /// <summary>Null until the first row group, and after a file was lost or full.</summary>
    public HourFile? File { get; set; }
}

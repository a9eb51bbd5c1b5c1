using System.Globalization;
using Microsoft.Win32.SafeHandles;
using NetMon.Foundation.Logging;
using NetMon.Storage.Hot;

namespace NetMon.Storage.Cold;

/// <summary>Counts and logs damaged or missing parts of segments and pieces, and truncates incomplete ends. For the sealing thread; <see cref="Removed"/> is thread-safe.</summary>
/// <param name="log">For the operator.</param>
/// <param name="lost">Records a loss: its first and last time (Unix nanoseconds), the reason, and the rows, or null if unknown.</param>
internal sealed class HotDamageLog(Logger log, Action<long, long, string, long?> lost)
{
    /// <summary>Logs that this build can't read a segment and leaves it in place.</summary>
    public void Keep(string path) =>
        log.Warn($"{path} was written by another version of the agent and stays where it is: run that version on this directory once to seal it, or remove the file.");

    /// <summary>Records damage between two batches.</summary>
    /// <param name="path">The segment.</param>
    /// <param name="from">The time of the last row before the damage, Unix nanoseconds.</param>
    /// <param name="to">The time of the first row after it, Unix nanoseconds.</param>
    /// <param name="damage">The extent of the damage.</param>
    public void Found(string path, long from, long to, HotDamage damage)
    {
        log.Error(string.Create(
            CultureInfo.InvariantCulture,
            $"{path} is damaged: {(damage.Rows is { } rows ? $"{rows} rows" : "an unknown number of rows")} can't be read; left out and counted (parquet.damaged). The rows around them are kept. The disk or its memory changed the file: check them."));
        lost(from, to, "damaged", damage.Rows);
    }

    /// <summary>Records that written rows are no longer in their file, or that the file is gone.</summary>
    /// <param name="path">The segment or piece.</param>
    /// <param name="rows">The missing rows.</param>
    public void Removed(string path, WrittenRows rows)
    {
        log.Error(string.Create(
            CultureInfo.InvariantCulture,
            $"{path} was removed or truncated by someone: its {rows.Count} rows are lost and counted (parquet.removed)."));
        lost(rows.First, rows.Last, "removed", rows.Count);
    }

    /// <summary>Logs that an hour's pieces became sealed files unchanged, because of low disk space.</summary>
    public void NoRoomFor(Hour hour, int pieces) =>
        log.Warn(string.Create(CultureInfo.InvariantCulture, $"{hour} is sealed as {pieces} files: the disk has no space to merge them into one. No rows are lost."));

    /// <summary>Records that a piece is damaged, completely or in part.</summary>
    /// <param name="path">The piece.</param>
    /// <param name="hour">The piece's hour.</param>
    /// <param name="rows">Rows lost; null if unknown.</param>
    /// <param name="why">What is wrong with it.</param>
    /// <param name="kept">The path under which the file is kept.</param>
    public void FoundInPiece(string path, Hour hour, long? rows, string why, string kept)
    {
        log.Error(string.Create(
            CultureInfo.InvariantCulture,
            $"{path} is damaged ({why}): {(rows is { } count ? $"{count} rows" : "an unknown number of rows")} can't be read; left out and counted (parquet.damaged). The file is kept as {kept} until its hour is removed. The disk or its memory changed it: check them."));
        lost(hour.Start, hour.End - 1, "damaged", rows);
    }

    /// <summary>Truncates a segment after the last complete message that the reader has read.</summary>
    /// <param name="path">The segment.</param>
    /// <param name="last">The time of its last complete row, or the start of its hour; Unix nanoseconds.</param>
    /// <param name="hour">The segment's hour.</param>
    /// <param name="file">Open for writing.</param>
    /// <param name="reader">Has read everything that is complete.</param>
    /// <returns>Rows that were cut off, as far as known.</returns>
    /// <exception cref="IOException">The file can't be truncated.</exception>
    public int CutTornEnd(string path, long last, Hour hour, SafeFileHandle file, HotSegmentReader reader)
    {
        var bytes = RandomAccess.GetLength(file) - reader.Position - (reader.IsAtEnd ? HotMessages.End.Length : 0);
        if (bytes <= 0)
        {
            return 0;
        }

        RandomAccess.SetLength(file, reader.Position);
        log.Error(string.Create(
            CultureInfo.InvariantCulture,
            $"{path} ended with {bytes} bytes of an incomplete batch{(reader.TornRows > 0 ? $" of {reader.TornRows} rows" : "")}: cut off and counted (parquet.torn_tail). The agent or the machine stopped while they were being written."));
        lost(last, hour.End - 1, "torn_tail", reader.TornRows > 0 ? reader.TornRows : null);
        return reader.TornRows;
    }
}

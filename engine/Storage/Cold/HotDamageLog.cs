using System.Globalization;
using Microsoft.Win32.SafeHandles;
using NetMon.Foundation.Logging;
using NetMon.Storage.Hot;

namespace NetMon.Storage.Cold;

/// <summary>Counts and logs what of a segment or a piece can't be read or is gone, and cuts incomplete ends off. The thread that seals; <see cref="Removed"/> any thread.</summary>
/// <param name="log">For the operator.</param>
/// <param name="lost">Takes each loss: from when to when (Unix nanoseconds), its reason, and the rows, or null where that can't be told.</param>
internal sealed class HotDamageLog(Logger log, Action<long, long, string, long?> lost)
{
    /// <summary>Logs that this build can't read a segment and leaves it alone.</summary>
    public void Keep(string path) =>
        log.Warn($"{path} was written by another version of the agent and stays where it is: run that version on this directory once to seal it, or remove the file.");

    /// <summary>Something between two batches is damaged.</summary>
    /// <param name="path">The segment's.</param>
    /// <param name="from">The time of the last row before it, Unix nanoseconds.</param>
    /// <param name="to">The time of the first row behind it.</param>
    /// <param name="damage">How much.</param>
    public void Found(string path, long from, long to, HotDamage damage)
    {
        log.Error(string.Create(
            CultureInfo.InvariantCulture,
            $"{path} is damaged: {(damage.Rows is { } rows ? $"{rows} rows" : "an unknown number of rows")} can't be read; left out and counted (parquet.damaged). The rows around them are kept. The disk or its memory changed the file: check them."));
        lost(from, to, "damaged", damage.Rows);
    }

    /// <summary>Rows that were written to a file are not in it any more, or it is gone.</summary>
    /// <param name="path">The segment's or piece's.</param>
    /// <param name="rows">Which.</param>
    public void Removed(string path, WrittenRows rows)
    {
        log.Error(string.Create(
            CultureInfo.InvariantCulture,
            $"{path} is gone or was cut short: somebody removed it with {rows.Count} rows that were in it; counted (parquet.removed)."));
        lost(rows.First, rows.Last, "removed", rows.Count);
    }

    /// <summary>An hour's pieces became sealed files as they were.</summary>
    public void NoRoomFor(Hour hour, int pieces) =>
        log.Warn(string.Create(CultureInfo.InvariantCulture, $"{hour} is sealed as {pieces} files: the disk has no room to make one of them. All rows are in these."));

    /// <summary>A piece is damaged, or a part of it.</summary>
    /// <param name="path">The piece's.</param>
    /// <param name="hour">Its hour.</param>
    /// <param name="rows">Rows that are lost; null where that can't be told.</param>
    /// <param name="why">What is wrong with it.</param>
    /// <param name="kept">Where the file is kept.</param>
    public void FoundInPiece(string path, Hour hour, long? rows, string why, string kept)
    {
        log.Error(string.Create(
            CultureInfo.InvariantCulture,
            $"{path} is damaged ({why}): {(rows is { } count ? $"{count} rows" : "an unknown number of rows")} can't be read; left out and counted (parquet.damaged). The file is kept as {kept} until its hour is removed. The disk or its memory changed it: check them."));
        lost(hour.Start, hour.End - 1, "damaged", rows);
    }

    /// <summary>Cuts off what is behind the last whole message that the reader has come to.</summary>
    /// <param name="path">The segment's.</param>
    /// <param name="last">The time of its last whole row, or of the beginning of its hour; Unix nanoseconds.</param>
    /// <param name="hour">Its hour.</param>
    /// <param name="file">Open for writing.</param>
    /// <param name="reader">Has read all that is whole.</param>
    /// <returns>Rows that were cut off, as far as that can be told.</returns>
    /// <exception cref="IOException">It can't be cut.</exception>
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
            $"{path} ended in {bytes} bytes that are no whole batch{(reader.TornRows > 0 ? $" of {reader.TornRows} rows" : "")}: cut off and counted (parquet.torn_tail). The agent or the machine stopped while they were being written."));
        lost(last, hour.End - 1, "torn_tail", reader.TornRows > 0 ? reader.TornRows : null);
        return reader.TornRows;
    }
}

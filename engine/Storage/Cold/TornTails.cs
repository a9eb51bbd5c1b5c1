using System.Globalization;
using Microsoft.Win32.SafeHandles;
using NetMon.Foundation.Logging;
using NetMon.Storage.Hot;

namespace NetMon.Storage.Cold;

/// <summary>Cuts incomplete ends off segments, counts and logs them. The thread that seals.</summary>
/// <param name="log">For the operator.</param>
/// <param name="lost">Takes each cut: from when to when (Unix nanoseconds), and the rows that are known to be lost, or null.</param>
internal sealed class TornTails(Logger log, Action<long, long, long?> lost)
{
    /// <summary>Logs that this build can't read a segment and leaves it alone.</summary>
    public void Keep(string path) =>
        log.Warn($"{path} was written by another version of the agent and stays where it is: run that version on this directory once to seal it, or remove the file.");

    /// <summary>Cuts off what is behind the last whole message that the reader has come to.</summary>
    /// <param name="path">The segment's.</param>
    /// <param name="last">The time of its last whole row, or of the beginning of its hour; Unix nanoseconds.</param>
    /// <param name="hour">Its hour.</param>
    /// <param name="file">Open for writing.</param>
    /// <param name="reader">Has read all that is whole.</param>
    /// <exception cref="IOException">It can't be cut.</exception>
    public void Cut(string path, long last, Hour hour, SafeFileHandle file, HotSegmentReader reader)
    {
        var bytes = RandomAccess.GetLength(file) - reader.Position - (reader.IsAtEnd ? HotMessages.End.Length : 0);
        if (bytes <= 0)
        {
            return;
        }

        RandomAccess.SetLength(file, reader.Position);
        log.Error(string.Create(
            CultureInfo.InvariantCulture,
            $"{path} ended in {bytes} bytes that are no whole batch{(reader.TornRows > 0 ? $" of {reader.TornRows} rows" : "")}: cut off and counted (parquet.torn_tail). The agent or the machine stopped while they were being written."));
        lost(last, hour.End - 1, reader.TornRows > 0 ? reader.TornRows : null);
    }
}

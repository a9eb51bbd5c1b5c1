using System.Globalization;
using Microsoft.Win32.SafeHandles;
using NetMon.Storage.Hot;

namespace NetMon.Storage.Cold;

/// <summary>What was cut off segments because it was not whole: counted and told. The thread that seals.</summary>
/// <param name="report">Takes a line.</param>
/// <param name="lost">Takes each cut: from when to when (Unix nanoseconds), and the rows that are known to be lost, or null.</param>
internal sealed class TornTails(Action<string> report, Action<long, long, long?> lost)
{
    /// <summary>Tells of a segment that this build can't read and leaves alone.</summary>
    public void Keep(string path) =>
        report($"parquet: {path} is of another version of the agent and stays where it is: run that version on this directory once, to seal it, or remove the file.");

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
        report(string.Create(
            CultureInfo.InvariantCulture,
            $"parquet: {path} ended in {bytes} bytes that are no whole batch{(reader.TornRows > 0 ? $" of {reader.TornRows} rows" : "")}: cut off. The agent or the machine stopped while they were being written."));
        lost(last, hour.End - 1, reader.TornRows > 0 ? reader.TornRows : null);
    }
}

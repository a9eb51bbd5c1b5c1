using System.Globalization;
using System.Text;
using NetMon.Storage.Loss;

namespace NetMon.Storage;

/// <summary>
/// A file of one block in hot/ with the time up to which a node's events are durable, and loss rows that could not be written elsewhere:
/// it is updated in place, which works even if the disk is full. Thread-safe.
/// </summary>
internal sealed class SeenFile(CaptureDirectory capture)
{
    private const int Length = 4096;
    private const int MomentLength = 64;
    private readonly Lock _gate = new();
    private IReadOnlyList<LossRow> _losses = [];

    /// <summary>Reads what an earlier run left: the time (Unix nanoseconds), the state "running" or "stopped", and loss rows, which are kept until <see cref="WriteLosses"/>.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public (long Moment, string State, IReadOnlyList<LossRow> Losses)? Read()
    {
        using var file = capture.Root.TryOpen(capture.SeenPath, writable: false);
        if (file is null)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(ReadAll(file));
        var fields = text[..Math.Min(text.Length, MomentLength)].Split(' ', '\n');
        _losses = text.Length > MomentLength ? LossFile.Parse(text[MomentLength..], out _) : [];
        return fields.Length > 1 && long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var moment) ? (moment, fields[1], _losses) : (0, "", _losses);
    }

    /// <summary>Allocates the block, so that later writes need no space.</summary>
    /// <exception cref="IOException">The block can't be allocated.</exception>
    public void Reserve()
    {
        using var file = capture.Root.Create(capture.SeenPath, mayExist: true);
        if (RandomAccess.GetLength(file) is var length and < Length)
        {
            RandomAccess.Write(file, Blank(Length - (int)length), length);
        }
    }

    /// <summary>Records the time.</summary>
    /// <exception cref="IOException">The write failed.</exception>
    public void Write(long covered, bool stopped) =>
        Write(string.Create(CultureInfo.InvariantCulture, $"{covered:D20} {(stopped ? "stopped" : "running")}\n"), 0, MomentLength);

    /// <summary>Records loss rows, replacing those of the previous call; does nothing if they are unchanged.</summary>
    /// <exception cref="IOException">The write failed.</exception>
    public void WriteLosses(IReadOnlyList<LossRow> rows)
    {
        lock (_gate)
        {
            if (!rows.SequenceEqual(_losses))
            {
                Write(Fitting(rows), MomentLength, Length - MomentLength);
                _losses = rows;
            }
        }
    }

    /// <summary>Formats the rows; if they do not fit, adds them up by stage and reason.</summary>
    private static string Fitting(IReadOnlyList<LossRow> rows)
    {
        var text = string.Concat(rows.Select(row => LossLine.Of(row)));
        if (Encoding.UTF8.GetByteCount(text) > Length - MomentLength)
        {
            var lines = LossRow.AddUp(rows.Select(row => row with { Cgroup = null })).OrderByDescending(row => row.Count ?? long.MaxValue).Select(row => LossLine.Of(row));
            var left = Length - MomentLength;
            text = string.Concat(lines.TakeWhile(line => (left -= Encoding.UTF8.GetByteCount(line)) >= 0));
        }

        return text;
    }

    private static byte[] Blank(int length)
    {
        var bytes = new byte[length];
        Array.Fill(bytes, (byte)'\n');
        return bytes;
    }

    private static byte[] ReadAll(Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        var bytes = new byte[Length];
        return bytes[..RandomAccess.Read(file, bytes, 0)];
    }

    private void Write(string text, long at, int length)
    {
        var bytes = Blank(length);
        Encoding.UTF8.GetBytes(text, bytes);
        using var file = capture.Root.Create(capture.SeenPath, mayExist: true);
        RandomAccess.Write(file, bytes, at);
    }
}

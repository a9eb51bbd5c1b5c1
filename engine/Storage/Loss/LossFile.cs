using System.Text;
using NetMon.Storage.Hot;

namespace NetMon.Storage.Loss;

/// <summary>Loss rows in hot/, one line each with a checksum at its end. Incomplete or corrupt lines are ignored.</summary>
internal sealed class LossFile(CaptureDirectory capture, Hour hour) : HotFile(capture, hour, capture.NewLossFile(hour))
{
    /// <summary>The maximum number of bytes read: 30,000 rows with names, 100,000 without.</summary>
    private const long MostBytes = 8 << 20;

    public bool IsFull => Length >= MostBytes;

    /// <summary>Appends a row.</summary>
    /// <exception cref="IOException">The write failed.</exception>
    public void Append(in LossRow row) => Write(Encoding.UTF8.GetBytes(LossLine.Of(row)));

    /// <summary>Parses the rows of a file.</summary>
    /// <param name="text">The file's content; may be malformed.</param>
    /// <param name="torn">The number of malformed lines.</param>
    public static List<LossRow> Parse(string text, out int torn)
    {
        var rows = new List<LossRow>();
        torn = 0;
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (LossLine.TryParse(line, out var row))
            {
                rows.Add(row);
            }
            else
            {
                torn++;
            }
        }

        return rows;
    }

    /// <summary>Reads a file up to the size limit.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static string ReadText(Microsoft.Win32.SafeHandles.SafeFileHandle file)
    {
        var bytes = new byte[Math.Min(MostBytes + 4096, RandomAccess.GetLength(file))];
        var length = 0;
        while (length < bytes.Length && RandomAccess.Read(file, bytes.AsSpan(length), length) is var read and > 0)
        {
            length += read;
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}

using System.Text;
using NetMon.Storage.Hot;

namespace NetMon.Storage.Loss;

/// <summary>Rows of losses in hot/, a line each with a checksum at its end; what is no whole line does not count.</summary>
internal sealed class LossFile(CaptureDirectory capture, Hour hour) : HotFile(capture, hour, capture.NewLossFile(hour))
{
    /// <summary>No such file is read beyond this: 30,000 rows with names, 100,000 without.</summary>
    private const long MostBytes = 8 << 20;

    public bool IsFull => Length >= MostBytes;

    /// <exception cref="IOException">The disk refused it.</exception>
    public void Append(in LossRow row) => Write(Encoding.UTF8.GetBytes(LossLine.Of(row)));

    /// <summary>The rows of a file.</summary>
    /// <param name="text">What is in it, whatever that is.</param>
    /// <param name="torn">Lines that are none.</param>
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

    /// <summary>All of a file that may be one.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
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

using System.Globalization;
using System.Text;

namespace NetMon.LiveTests.Support;

/// <summary>Times of the first and the last event of a JSON file that an agent is writing; microseconds since 1970.</summary>
internal static class LineTimes
{
    private const int Tail = 16 * 1024; // bytes that always contain a whole line
    private const int TimeAt = 14; // {"timestamp":"2026-11-22T23:03:58.730926891Z"
    private const int TimeLength = 27; // to 100 ns
    private const int HeadLength = TimeAt + TimeLength;

    /// <summary>Null until there is a whole line.</summary>
    public static long? First(string path) => Read(path, fromEnd: false) is var text && text.IndexOf('\n') >= HeadLength ? Parse(text) : null;

    /// <summary>Null until there is a whole line.</summary>
    public static long? Last(string path)
    {
        var text = Read(path, fromEnd: true);
        var end = text.LastIndexOf('\n');
        return end >= HeadLength ? Parse(text[(text.LastIndexOf('\n', end - 1) + 1)..]) : null;
    }

    private static string Read(string path, bool fromEnd)
    {
        if (!File.Exists(path))
        {
            return "";
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Position = fromEnd ? Math.Max(0, file.Length - Tail) : 0;
        var bytes = new byte[Tail];
        return Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, Tail, throwOnEndOfStream: false));
    }

    private static long Parse(string line) =>
        (DateTimeOffset.ParseExact(line.AsSpan(TimeAt, TimeLength), "yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) - DateTimeOffset.UnixEpoch).Ticks
        / TimeSpan.TicksPerMicrosecond;
}

using System.Globalization;

namespace NetMon.LiveTests.Support;

/// <summary>One end of an attempt, as the load generator saw it.</summary>
internal sealed record TruthEnd(
    bool IsClient, string SourceAddress, int SourcePort, string DestinationAddress, int DestinationPort, long Pid, string Name, long Uid, long NetworkNamespace,
    string Result, long Errno, long BytesSent, long BytesReceived, string Ended, long StartNanoseconds, long EndNanoseconds)
{
    public bool IsEstablished => Result == "established";
}

/// <summary>Reads the load generator's log (perf/load/truth.c).</summary>
internal static class TruthLog
{
    public static IReadOnlyList<TruthEnd> Read(string path) => [.. File.ReadLines(path).Skip(1).Select(Parse)];

    private static TruthEnd Parse(string line)
    {
        var f = line.Split('\t');
        return new TruthEnd(
            f[0] == "client", f[1], (int)Number(f[2]), f[3], (int)Number(f[4]), Number(f[5]), f[6], Number(f[7]), Number(f[8]),
            f[9], Number(f[10]), Number(f[11]), Number(f[12]), f[13], Number(f[14]), Number(f[15]));
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}

using System.Globalization;

namespace NetMon.LiveTests.Support.Containers;

/// <summary>
/// The TCP sockets of a process's network namespace, from /proc/PID/net: waits without a connection that would show up as events.
/// </summary>
internal static class SocketTable
{
    // Values of proc(5): the state, and the timer of closed sockets that the kernel only remembers (TIME_WAIT, FIN_WAIT2).
    private const string Listen = "0A";
    private const string TimeWaitTimer = "03:";

    /// <summary>Waits until a port has a listener.</summary>
    public static void WaitForListener(int pid, int port)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        WaitFor.True(
            () => Rows(pid).Any(fields => fields[1].EndsWith(suffix, StringComparison.Ordinal) && fields[3] == Listen),
            $"somebody to listen at port {port}");
    }

    /// <summary>Waits until every connection is closed.</summary>
    public static void WaitUntilClosed(int pid) => WaitFor.True(
        () => Rows(pid).All(fields => fields[3] == Listen || fields[5].StartsWith(TimeWaitTimer, StringComparison.Ordinal)),
        "the last connections to close");

    private static IEnumerable<string[]> Rows(int pid) => ((string[])["tcp", "tcp6"])
        .SelectMany(table => File.ReadLines($"/proc/{pid}/net/{table}").Skip(1))
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}

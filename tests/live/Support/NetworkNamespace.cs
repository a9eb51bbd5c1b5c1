using System.Globalization;
using System.Text.RegularExpressions;

namespace NetMon.LiveTests.Support;

/// <summary>A test's own network namespace, with loopback up; disposal removes it.</summary>
internal sealed partial class NetworkNamespace : IDisposable
{
    // Values of /proc/net/tcp (proc(5)): the state, and the timer of closed sockets that the kernel only remembers, in
    // TIME_WAIT or in FIN_WAIT2.
    private const string Listen = "0A";
    private const string TimeWaitTimer = "03:";
    private readonly string _name = $"netmon-test-{Guid.NewGuid():N}"[..24];

    public NetworkNamespace()
    {
        Shell.Run("ip", "netns", "add", _name).MustSucceed();
        Script("ip link set lo up");
    }

    public Shell.Result Run(string program, params string[] arguments) => Shell.Run("ip", Command(program, arguments)[1..]);

    /// <summary>The command line that runs a program here.</summary>
    public string[] Command(string program, string[] arguments) => ["ip", "netns", "exec", _name, program, .. arguments];

    /// <summary>Its name for <c>ip netns</c>.</summary>
    public string Name => _name;

    /// <summary>Its inode, the id in events.</summary>
    public long Id => long.Parse(Run("stat", "-L", "-c", "%i", "/proc/self/ns/net").MustSucceed().Output, CultureInfo.InvariantCulture);

    /// <summary>Starts a program that reads commands from stdin.</summary>
    public HeldProcess Start(string program, params IEnumerable<string> arguments) => HeldProcess.Start("ip", Command(program, [.. arguments])[1..]);

    public void Script(string script) => Run("/bin/sh", "-c", script).MustSucceed();

    /// <summary>Waits until duplicate address detection has finished.</summary>
    public string LinkLocalAddressOf(string device)
    {
        var shown = "";
        WaitFor.True(
            () => LinkLocal().IsMatch(shown = Run("ip", "-6", "addr", "show", "dev", device, "scope", "link").MustSucceed().Output) && !shown.Contains("tentative", StringComparison.Ordinal),
            $"a link-local address of {device}");
        return LinkLocal().Match(shown).Groups[1].Value;
    }

    /// <summary>
    /// Waits until the kernel has closed every connection here: a lost last ACK leaves one end in LAST_ACK after its
    /// process is done, until the FIN is sent again.
    /// </summary>
    /// <param name="ports">Only connections from or to these ports; null: all.</param>
    public void WaitUntilClosed(IEnumerable<int>? ports = null)
    {
        var named = ports?.Select(port => port.ToString("X4", CultureInfo.InvariantCulture)).ToHashSet();
        WaitFor.True(
            () => Run("cat", "/proc/net/tcp", "/proc/net/tcp6").MustSucceed().Output.Split('\n')
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .All(fields => fields.Length < 6 || fields[3] is "st" or Listen || fields[5].StartsWith(TimeWaitTimer, StringComparison.Ordinal)
                    || (named is not null && !named.Contains(fields[1][^4..]) && !named.Contains(fields[2][^4..]))),
            "the last connections to close");
    }

    /// <summary>How many segments with RST the kernel has sent here.</summary>
    public int ResetsSent() => ResetsSentIn(Run("cat", "/proc/net/snmp").MustSucceed().Output);

    /// <summary>The same from the text of /proc/net/snmp: OutRsts of Tcp, RFC 4022.</summary>
    public static int ResetsSentIn(string snmp)
    {
        var lines = snmp.Split('\n').Where(line => line.StartsWith("Tcp:", StringComparison.Ordinal)).Select(line => line.Split(' ')).ToList();
        return int.Parse(lines[1][Array.IndexOf(lines[0], "OutRsts")], CultureInfo.InvariantCulture);
    }

    public void Dispose() => Shell.Run("ip", "netns", "del", _name);

    [GeneratedRegex("inet6 (fe80::[0-9a-f:]+)/")]
    private static partial Regex LinkLocal();
}

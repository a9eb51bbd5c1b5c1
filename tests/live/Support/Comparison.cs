using System.Text;
using Xunit;

namespace NetMon.LiveTests.Support;

/// <summary>
/// Compares the load generator's log with the agent's events as multisets: each CONNECT, ACCEPT and CLOSE
/// with its whole tuple, pid, name, uid, network namespace, outcome and bytes. None missing, none twice, none extra.
/// </summary>
internal sealed class Comparison
{
    private readonly Dictionary<string, int> _difference = [];
    private readonly bool _orderlyAlike;
    private int _resetsAsked;

    private Comparison(bool orderlyAlike) => _orderlyAlike = orderlyAlike;

    public int Expected { get; private set; }

    public int Seen { get; private set; }

    public int Missing => _difference.Values.Where(n => n > 0).Sum();

    public int Surplus => -_difference.Values.Where(n => n < 0).Sum();

    /// <summary>
    /// Compares the events of the pids in the log; <paramref name="serverOwner"/> replaces the accepting pid and name where the test
    /// expects others.
    /// </summary>
    /// <param name="orderlyAlike">Whether to ignore which end's FIN was first: for subflows that the kernel closes by itself (MPTCP).</param>
    public static Comparison Of(IReadOnlyList<TruthEnd> truth, IEnumerable<SeenEvent> events, Func<TruthEnd, (long Pid, string Name)>? serverOwner = null, bool orderlyAlike = false)
    {
        var comparison = new Comparison(orderlyAlike);
        var pids = truth.Select(end => end.Pid).ToHashSet();
        foreach (var end in truth)
        {
            comparison._resetsAsked += end.IsClient && (end.Result == "refused" || end.Ended == "reset") ? 1 : 0;
            foreach (var expected in ExpectedOf(end, serverOwner))
            {
                comparison.Count(expected, 1);
                comparison.Expected++;
            }
        }

        foreach (var e in events.Where(e => pids.Contains(e.Pid)))
        {
            comparison.Count(Describe(e), -1);
            comparison.Seen++;
        }

        return comparison;
    }

    /// <summary>
    /// Removes from the difference what the kernel itself did: an end that closed in order as far as its process saw, and whose
    /// last segment the kernel answered with a RST. Linux up to 6.18 does so when the segment comes while the other end's
    /// socket is being replaced by its TIME_WAIT form (inet_twsk_hashdance_schedule() in net/ipv4/inet_timewait_sock.c).
    /// </summary>
    /// <param name="resetsSent">The number of RSTs by the kernel's counter; those that the load requested are subtracted.</param>
    /// <returns>The number of removed differences.</returns>
    public int AllowResets(int resetsSent)
    {
        var allowed = 0;
        var unasked = resetsSent - _resetsAsked;
        foreach (var reset in _difference.Keys.Where(what => what.EndsWith(" reset_remote", StringComparison.Ordinal)).ToList())
        {
            var orderly = new[] { " fin_remote", " fin_local" }.Select(reason => reset[..reset.LastIndexOf(' ')] + reason).FirstOrDefault(what => _difference.GetValueOrDefault(what) > 0);
            if (_difference[reset] < 0 && orderly is not null && allowed < unasked)
            {
                Count(reset, 1);
                Count(orderly, -1);
                allowed++;
            }
        }

        return allowed;
    }

    public void AssertExact() => Assert.True(Missing + Surplus == 0, ToString());

    public override string ToString()
    {
        var text = new StringBuilder($"{Seen} of {Expected} events, {Missing} missing, {Surplus} more than expected");
        foreach (var (what, n) in _difference.Where(d => d.Value != 0).Take(20))
        {
            text.Append($"\n  {(n > 0 ? "missing" : "surplus")} {Math.Abs(n)}x {what}");
        }

        return text.ToString();
    }

    private static IEnumerable<string> ExpectedOf(TruthEnd end, Func<TruthEnd, (long Pid, string Name)>? serverOwner)
    {
        var (pid, name) = end.IsClient || serverOwner is null ? (end.Pid, end.Name) : serverOwner(end);
        var who = $"{end.SourceAddress}:{end.SourcePort} -> {end.DestinationAddress}:{end.DestinationPort} pid {pid} {name} uid {end.Uid} netns {end.NetworkNamespace}";
        if (end.IsClient)
        {
            yield return $"CONNECT outbound {who} {end.Result} errno {end.Errno}";
        }
        else
        {
            yield return $"ACCEPT inbound {who}";
        }

        if (end.IsEstablished)
        {
            var direction = end.IsClient ? "outbound" : "inbound";
            yield return $"CLOSE {direction} {who} sent {end.BytesSent} received {end.BytesReceived} {ReasonOf(end)}";
        }
    }

    /// <summary>The agent's view of the end that the generator saw.</summary>
    private static string ReasonOf(TruthEnd end) => (end.Ended, end.IsClient) switch
    {
        ("reset", true) => "reset_local",
        ("reset", false) => "reset_remote",
        ("client_first", true) or ("server_first", false) => "fin_local",
        _ => "fin_remote",
    };

    private static string Describe(SeenEvent e)
    {
        var who = $"{e.Type} {e.Direction} {e.SourceAddress}:{e.SourcePort} -> {e.DestinationAddress}:{e.DestinationPort} pid {e.Pid} {Escape(e.Process)} uid {e.Uid} netns {e.NetworkNamespace}";
        return e.Type switch
        {
            "CONNECT" => $"{who} {e.Result} errno {e.Errno}",
            "CLOSE" => $"{who} sent {e.BytesSent} received {e.BytesReceived} {e.Reason}",
            _ => who,
        };
    }

    /// <summary>The generator's encoding of names: hexadecimal unless printable ASCII.</summary>
    private static string Escape(string name) =>
        string.Concat(Encoding.UTF8.GetBytes(name).Select(b => b is >= 0x20 and < 0x7f and not (byte)'\\' ? ((char)b).ToString() : $"\\x{b:x2}"));

    private void Count(string what, int n)
    {
        what = _orderlyAlike ? what.Replace(" fin_local", " fin", StringComparison.Ordinal).Replace(" fin_remote", " fin", StringComparison.Ordinal) : what;
        var sum = _difference.GetValueOrDefault(what) + n;
        if (sum == 0)
        {
            _difference.Remove(what);
        }
        else
        {
            _difference[what] = sum;
        }
    }
}

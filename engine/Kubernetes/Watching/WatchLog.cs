using NetMon.Foundation.Logging;

namespace NetMon.Kubernetes.Watching;

/// <summary>Logs one line when all kinds are watched, one when a kind fails or its reason changes, and one when it works again. Thread-safe.</summary>
internal sealed class WatchLog(Logger log, string server, int kinds)
{
    private const int LongestWhy = 400;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _working = [];
    private readonly Dictionary<string, string> _failing = [];
    private bool _hasSaidSo;

    /// <summary>Records that the kind is watched.</summary>
    public void Works(string kind)
    {
        lock (_gate)
        {
            if (_failing.Remove(kind) && _working.Contains(kind))
            {
                log.Info($"watching {kind} of {server} again");
            }

            if (_working.Add(kind) && _working.Count == kinds && !_hasSaidSo)
            {
                _hasSaidSo = true;
                log.Info($"watching services, endpoint slices and nodes of {server}");
            }
        }
    }

    /// <summary>Records that the watch of the kind fails.</summary>
    public void Failed(string kind, string why)
    {
        lock (_gate)
        {
            if (_failing.TryGetValue(kind, out var said) && said == why)
            {
                return;
            }

            _failing[kind] = why;
            log.Warn($"can't watch {kind}: {Plain(why)}. Known names stay. Retrying automatically.");
        }
    }

    /// <summary>Makes a message that may come from a server one line of limited length.</summary>
    private static string Plain(string why) => new([.. why.Take(LongestWhy).Select(letter => char.IsControl(letter) ? ' ' : letter)]);
}

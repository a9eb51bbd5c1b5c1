using NetMon.Enrichment.Runtimes;
using NetMon.Foundation;

namespace NetMon.Enrichment;

/// <summary>
/// Asks the runtimes for the names of containers that have none, and asks again, less and less often, while their cgroups exist.
/// The directory's thread.
/// </summary>
internal sealed class NameRequests(ContainerDirectoryOptions options, INameSource names, DirectoryCounters counters)
{
    /// <summary>So that the agents of many nodes do not ask at the same moment.</summary>
    private const double Jitter = 0.2;

    private readonly List<KnownContainer> _nameless = [];
    private long _nextRound;

    /// <summary>The runtimes that an answer can be expected from soon, one bit each.</summary>
    public uint Answering => names.Answering;

    /// <summary>When the first of the containers began that an answer can be expected for soon, Unix nanoseconds; <see cref="long.MaxValue"/> if there is none.</summary>
    public long AwaitedSince
    {
        get
        {
            var since = long.MaxValue;
            if (_nameless.Count > 0)
            {
                var answering = names.Answering;
                foreach (var container in _nameless)
                {
                    var isAwaited = !container.Identity.IsNamed && (container.Owed & answering) != 0;
                    since = isAwaited ? Math.Min(since, container.MadeUnixNanoseconds) : since;
                }
            }

            return since;
        }
    }

    /// <summary>Asks for a container's names, and sets when to ask again.</summary>
    /// <param name="container">It has no names.</param>
    /// <param name="now">Milliseconds of the directory's clock.</param>
    public void Ask(KnownContainer container, long now)
    {
        container.Owed = names.Present;
        if (container.Owed != 0)
        {
            counters.CountAsked();
            names.Ask(container.Identity.ContainerId);
        }

        container.Retry ??= new BackOff(options.FirstPause, options.LongestPause, Jitter);
        container.AskAgain = now + (long)container.Retry.Next().TotalMilliseconds;
        if (!container.IsInRound)
        {
            container.IsInRound = true;
            _nameless.Add(container);
        }
    }

    /// <summary>Asks again for every container whose time has come; forgets those that are named or gone.</summary>
    public void AskAgain(long now)
    {
        if (_nameless.Count == 0 || now < _nextRound)
        {
            return;
        }

        _nextRound = now + (long)options.FirstPause.TotalMilliseconds;
        for (var i = _nameless.Count - 1; i >= 0; i--)
        {
            var container = _nameless[i];
            if (container.Identity.IsNamed || container.Cgroups == 0)
            {
                container.IsInRound = false;
                _nameless[i] = _nameless[^1];
                _nameless.RemoveAt(_nameless.Count - 1);
            }
            else if (now >= container.AskAgain)
            {
                Ask(container, now);
            }
        }
    }
}

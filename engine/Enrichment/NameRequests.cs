using NetMon.Enrichment.Runtimes;
using NetMon.Foundation;

namespace NetMon.Enrichment;

/// <summary>
/// Requests the names of containers without names from the runtimes, and repeats the requests at growing intervals while their cgroups exist. For the
/// directory's thread.
/// </summary>
internal sealed class NameRequests(ContainerDirectoryOptions options, INameSource names, DirectoryCounters counters)
{
    /// <summary>Prevents the agents of many nodes from asking at the same time.</summary>
    private const double Jitter = 0.2;

    private readonly List<KnownContainer> _nameless = [];
    private long _nextRound;

    /// <summary>One bit for each runtime that is expected to answer soon.</summary>
    public uint Answering => names.Answering;

    /// <summary>The start of the oldest container with an answer expected soon, Unix nanoseconds; <see cref="long.MaxValue"/> if there is none.</summary>
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
                    var isAwaited = !container.Identity.IsNamed && (container.Unanswered & answering) != 0;
                    since = isAwaited ? Math.Min(since, container.MadeUnixNanoseconds) : since;
                }
            }

            return since;
        }
    }

    /// <summary>Requests a container's names, and schedules the next request.</summary>
    /// <param name="container">A container without names.</param>
    /// <param name="now">Milliseconds of the directory's clock.</param>
    public void Ask(KnownContainer container, long now)
    {
        container.Unanswered = names.Present;
        if (container.Unanswered != 0)
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

    /// <summary>Repeats the requests that are due; removes containers that are named or gone.</summary>
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

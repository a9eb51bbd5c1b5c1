using NetMon.Native;

namespace NetMon.Sources.Kernel.Cgroups;

/// <summary>Reads the kernel's accounts of cgroups on request, and every minute. Thread-safe.</summary>
internal sealed class CgroupAccounts : IDisposable
{
    private static readonly TimeSpan FoldEvery = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private readonly BpfArray<CgroupAccount> _accounts;
    private readonly CgroupTally _tally;
    private readonly Timer _timer;
    private bool _disposed;

    /// <summary>Takes ownership of the mapping.</summary>
    public CgroupAccounts(BpfArray<CgroupAccount> accounts)
    {
        _accounts = accounts;
        _tally = new CgroupTally(accounts.Count);
        _timer = new Timer(_ => Fold(), null, FoldEvery, FoldEvery);
    }

    /// <summary>Returns what each cgroup has written and lost so far. Must not be called after disposal.</summary>
    public IReadOnlyList<CgroupCounters> Read()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var now = MonotonicClock.Now;
            _tally.Fold(_accounts.Elements, now);
            return _tally.Counters(now);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _timer.Dispose();
            _accounts.Dispose();
        }
    }

    private void Fold()
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _tally.Fold(_accounts.Elements, MonotonicClock.Now);
            }
        }
    }
}

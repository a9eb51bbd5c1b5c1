using System.Diagnostics.CodeAnalysis;

namespace NetMon.Enrichment.Peers;

/// <summary>Who has had each address, bounded. One thread writes; others look up without a lock.</summary>
/// <param name="most">Addresses at most; one more is not taken in.</param>
/// <param name="time">The clock.</param>
internal sealed class AddressBook(int most, TimeProvider time)
{
    /// <summary>How long an ended claim is kept: connections that began before its end have its name, and what began later has not.</summary>
    private static readonly TimeSpan KeepEnded = TimeSpan.FromHours(1);

    private readonly AddressMap _map = new();
    private int _endedSincePurge;

    /// <summary>What it holds and had no room for.</summary>
    public PeerCounters Counters { get; } = new();

    /// <summary>Addresses. The writer's thread, or as an estimate any.</summary>
    public int Count => _map.Count;

    /// <summary>Unix nanoseconds.</summary>
    public long Now => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>The youngest span of an address. Any thread.</summary>
    public bool TryGet(UInt128 address, [NotNullWhen(true)] out AddressSpan? youngest) => _map.TryGet(address, out youngest);

    /// <summary>Takes in a claim in the place of the open one of the same source. The writer's thread.</summary>
    public void Set(UInt128 address, AddressClaim claim)
    {
        if (!_map.TryGet(address, out var span))
        {
            if (_map.Count >= most && _endedSincePurge > 0)
            {
                Purge();
            }

            if (_map.Count >= most)
            {
                Counters.CountRefused();
                return;
            }
        }

        _map.Set(address, AddressSpan.Of(AddressClaims.With(span?.Claims ?? [], claim, out var hasRoom)));
        if (!hasRoom)
        {
            Counters.CountEvicted();
        }

        Counters.Hold(_map.Count);
    }

    /// <summary>Takes in a claim like <see cref="Set"/>; if the open one of the same source says the same, since when it does stays. The writer's thread.</summary>
    public void Renew(UInt128 address, AddressClaim claim)
    {
        if (_map.TryGet(address, out var span) && AddressClaims.Open(span.Claims, claim.Source) is { } known)
        {
            if (known.SaysTheSame(claim))
            {
                return;
            }

            // The same pod, node or Service with other particulars has had the address all along; another one has it from now on.
            if (known.IsOfTheSame(claim))
            {
                claim = claim with { FromUnixNanoseconds = known.FromUnixNanoseconds };
            }
            else
            {
                _map.Set(address, AddressSpan.Of(AddressClaims.Ended(span.Claims, claim.Source, claim.FromUnixNanoseconds)));
            }
        }

        Set(address, claim);
    }

    /// <summary>Ends the open claim of a source. The writer's thread.</summary>
    public void End(UInt128 address, object source, long untilUnixNanoseconds)
    {
        if (_map.TryGet(address, out var span))
        {
            var claims = AddressClaims.Ended(span.Claims, source, untilUnixNanoseconds);
            if (claims != span.Claims)
            {
                _map.Set(address, AddressSpan.Of(claims));
            }

            if (++_endedSincePurge > most / 16)
            {
                Purge();
            }
        }
    }

    private void Purge()
    {
        _endedSincePurge = 0;
        var before = Now - (long)KeepEnded.TotalNanoseconds;
        _map.ReplaceAll(span =>
        {
            var claims = AddressClaims.Without(span.Claims, before);
            return claims == span.Claims ? span : claims.Length == 0 ? null : AddressSpan.Of(claims);
        });
        Counters.Hold(_map.Count);
    }
}

using System.Diagnostics.CodeAnalysis;

namespace NetMon.Enrichment.Peers;

/// <summary>The current and former owners of each address, bounded. One thread writes; other threads read without locks.</summary>
/// <param name="most">The maximum number of addresses; further ones are rejected.</param>
/// <param name="time">The clock.</param>
internal sealed class AddressBook(int most, TimeProvider time)
{
    /// <summary>How long an ended claim is kept, for connections that began before its end.</summary>
    private static readonly TimeSpan KeepEnded = TimeSpan.FromHours(1);

    private readonly AddressMap _map = new();
    private int _endedSincePurge;

    /// <summary>Statistics of the table.</summary>
    public PeerCounters Counters { get; } = new();

    /// <summary>The number of addresses; exact on the writer's thread, an estimate on others.</summary>
    public int Count => _map.Count;

    /// <summary>The current time, Unix nanoseconds.</summary>
    public long Now => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>Returns the latest span of an address. Thread-safe.</summary>
    public bool TryGet(UInt128 address, [NotNullWhen(true)] out AddressSpan? youngest) => _map.TryGet(address, out youngest);

    /// <summary>Adds a claim, replacing the open one of the same source. For the writer's thread.</summary>
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

    /// <summary>Adds a claim like <see cref="Set"/>, but keeps the start of the source's open claim if it has the same content. For the writer's thread.</summary>
    public void Renew(UInt128 address, AddressClaim claim)
    {
        if (_map.TryGet(address, out var span) && AddressClaims.Open(span.Claims, claim.Source) is { } known)
        {
            if (known.SaysTheSame(claim))
            {
                return;
            }

            // A pod, node or Service with changed details has had the address all along; a different one has it from now on.
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

    /// <summary>Ends the open claim of a source. For the writer's thread.</summary>
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

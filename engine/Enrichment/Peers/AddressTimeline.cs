namespace NetMon.Enrichment.Peers;

/// <summary>
/// Who has had an address, from when to when. Its writer puts claims in; readers see spans that do not overlap. Where claims
/// contradict each other nobody is named.
/// </summary>
internal sealed class AddressTimeline
{
    /// <summary>
    /// Claims kept of one address. More than one at once has an address of a pod that serves several Services, or that a node and its
    /// pods share. The one that ended first goes first.
    /// </summary>
    public const int Most = 16;

    private AddressClaim[] _claims = [];

    /// <summary>Replaced as a whole.</summary>
    private volatile AddressSpan[] _spans = [];

    /// <summary>Whether there is no claim any more.</summary>
    public bool IsEmpty => _claims.Length == 0;

    /// <summary>When the last claim ends; <see cref="long.MinValue"/> without one. Any thread.</summary>
    public long LastUntil => _spans is [var youngest, ..] ? youngest.UntilUnixNanoseconds : long.MinValue;

    /// <summary>The span of a connection's peer; null where nobody is known to have had the address. Any thread.</summary>
    /// <param name="began">When the connection, or the attempt, began, Unix nanoseconds.</param>
    /// <param name="alive">
    /// A later moment at which it was certainly alive, or the same. Then who has the address at this moment has had it since the beginning,
    /// also where it is not known since when.
    /// </param>
    /// <param name="until">Until when an attempt went on that may have met whoever had the address; else the same as <paramref name="began"/>.</param>
    public AddressSpan? Of(long began, long alive, long until)
    {
        var spans = _spans;
        for (var at = 0; at < spans.Length; at++)
        {
            var span = spans[at];
            if (began >= span.FromUnixNanoseconds)
            {
                return began < span.UntilUnixNanoseconds && (at == 0 || spans[at - 1].FromUnixNanoseconds > until) ? span : null;
            }

            if (alive >= span.FromUnixNanoseconds && alive < span.UntilUnixNanoseconds && (at + 1 == spans.Length || spans[at + 1].UntilUnixNanoseconds <= began))
            {
                return span;
            }
        }

        return null;
    }

    /// <summary>The open claim of a source; null if there is none. The writer's thread.</summary>
    public AddressClaim? Open(object source) => Array.Find(_claims, claim => claim.IsOpen && claim.Source.Equals(source));

    /// <summary>Takes in a claim in the place of the open one of the same source. The writer's thread.</summary>
    /// <returns>False where an older claim had to go for it.</returns>
    public bool Set(AddressClaim claim)
    {
        var claims = _claims.Where(known => !known.IsOpen || !known.Source.Equals(claim.Source)).Append(claim).ToList();
        var hasRoom = claims.Count <= Most;
        if (!hasRoom)
        {
            claims.Remove(claims.MinBy(known => (known.UntilUnixNanoseconds, known.FromUnixNanoseconds))!);
        }

        Replace([.. claims]);
        return hasRoom;
    }

    /// <summary>Ends the open claim of a source. The writer's thread.</summary>
    public void End(object source, long untilUnixNanoseconds)
    {
        if (Array.FindIndex(_claims, known => known.IsOpen && known.Source.Equals(source)) is var at and >= 0)
        {
            AddressClaim[] claims = [.. _claims];
            claims[at] = claims[at] with { UntilUnixNanoseconds = Math.Max(untilUnixNanoseconds, claims[at].FromUnixNanoseconds) };
            Replace(claims);
        }
    }

    /// <summary>Drops claims that ended before a moment. The writer's thread.</summary>
    public void Forget(long beforeUnixNanoseconds)
    {
        if (Array.Exists(_claims, claim => claim.UntilUnixNanoseconds < beforeUnixNanoseconds))
        {
            Replace(Array.FindAll(_claims, claim => claim.UntilUnixNanoseconds >= beforeUnixNanoseconds));
        }
    }

    private void Replace(AddressClaim[] claims)
    {
        _claims = claims;
        _spans = AddressSpan.Of(claims);
    }
}

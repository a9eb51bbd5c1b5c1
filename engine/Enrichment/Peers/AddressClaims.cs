namespace NetMon.Enrichment.Peers;

/// <summary>The claims for one address: arrays that are replaced, never modified.</summary>
internal static class AddressClaims
{
    /// <summary>
    /// The maximum number of claims kept for an address. An address has several at a time if its pod serves several Services, or if a node and its pods
    /// share it. The one that ended first is evicted first.
    /// </summary>
    public const int Most = 16;

    /// <summary>Returns the open claim of a source; null if there is none.</summary>
    public static AddressClaim? Open(AddressClaim[] claims, object source) => Array.Find(claims, claim => claim.IsOpen && claim.Source.Equals(source));

    /// <summary>Returns the claims with one added, replacing the open one of the same source.</summary>
    /// <param name="claims">The previous claims.</param>
    /// <param name="claim">The new one.</param>
    /// <param name="hasRoom">False if an older claim was evicted for it.</param>
    public static AddressClaim[] With(AddressClaim[] claims, AddressClaim claim, out bool hasRoom)
    {
        var now = claims.Where(known => !known.IsOpen || !known.Source.Equals(claim.Source)).Append(claim).ToList();
        hasRoom = now.Count <= Most;
        if (!hasRoom)
        {
            now.Remove(now.MinBy(known => (known.UntilUnixNanoseconds, known.FromUnixNanoseconds))!);
        }

        return [.. now];
    }

    /// <summary>Returns the claims with the open one of a source ended; the same array if there is none.</summary>
    public static AddressClaim[] Ended(AddressClaim[] claims, object source, long untilUnixNanoseconds)
    {
        if (Array.FindIndex(claims, known => known.IsOpen && known.Source.Equals(source)) is not (>= 0 and var at))
        {
            return claims;
        }

        AddressClaim[] now = [.. claims];
        now[at] = now[at] with { UntilUnixNanoseconds = Math.Max(untilUnixNanoseconds, now[at].FromUnixNanoseconds) };
        return now;
    }

    /// <summary>Returns the claims without those that ended before a time; the same array if there are none.</summary>
    public static AddressClaim[] Without(AddressClaim[] claims, long beforeUnixNanoseconds) =>
        Array.Exists(claims, claim => claim.UntilUnixNanoseconds < beforeUnixNanoseconds)
            ? Array.FindAll(claims, claim => claim.UntilUnixNanoseconds >= beforeUnixNanoseconds)
            : claims;
}

namespace NetMon.Enrichment.Peers;

/// <summary>What is claimed of one address: arrays that are never changed, only replaced.</summary>
internal static class AddressClaims
{
    /// <summary>
    /// Claims kept of one address. More than one at once has an address of a pod that serves several Services, or that a node and its
    /// pods share. The one that ended first goes first.
    /// </summary>
    public const int Most = 16;

    /// <summary>The open claim of a source; null if there is none.</summary>
    public static AddressClaim? Open(AddressClaim[] claims, object source) => Array.Find(claims, claim => claim.IsOpen && claim.Source.Equals(source));

    /// <summary>With one more claim in the place of the open one of the same source.</summary>
    /// <param name="claims">Those before.</param>
    /// <param name="claim">The new one.</param>
    /// <param name="hasRoom">False where an older claim had to go for it.</param>
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

    /// <summary>With the open claim of a source ended; the same array if it has none.</summary>
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

    /// <summary>Without those that ended before a moment; the same array if there are none.</summary>
    public static AddressClaim[] Without(AddressClaim[] claims, long beforeUnixNanoseconds) =>
        Array.Exists(claims, claim => claim.UntilUnixNanoseconds < beforeUnixNanoseconds)
            ? Array.FindAll(claims, claim => claim.UntilUnixNanoseconds >= beforeUnixNanoseconds)
            : claims;
}

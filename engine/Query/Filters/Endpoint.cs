using NetMon.Events;

namespace NetMon.Query.Filters;

/// <summary>An end of a connection as an option names it: an address or a name, a port, or both.</summary>
/// <param name="Address">Null where no address is given.</param>
/// <param name="Name">Null where no name is given.</param>
/// <param name="Port">Null for all ports.</param>
internal sealed record Endpoint(AddressPattern? Address, NamePattern? Name, PortRange? Port)
{
    private const string Outbound = "direction = 'outbound'";
    private const string Inbound = "direction = 'inbound'";

    /// <summary>Reads ADDRESS, CIDR, [ADDRESS] or NAME, each with or without :PORT behind it, and :PORT.</summary>
    /// <exception cref="FormatException">It is none of these; the message says what is wrong.</exception>
    public static Endpoint Parse(string text)
    {
        var (host, port) = Split(text);
        var range = port is null ? null : PortRange.TryParse(port) ?? throw new FormatException($"{port} is no port");
        return host.Length == 0 ? range is not null ? new Endpoint(null, null, range) : throw new FormatException("there is neither an address nor a port")
            : AddressPattern.TryParse(host) is { } address ? new Endpoint(address, null, range)
            : AddressPattern.LooksLikeOne(host) ? throw new FormatException("that is no address and no network")
            : new Endpoint(null, NamePattern.Of(host), range);
    }

    /// <summary>The condition that this end was called.</summary>
    public string IsCalled(Direction? side) => Condition("dst_ip", "dst_port", name => OfSides(side, name.IsPeer(), name.IsOwner()));

    /// <summary>The condition that this end opened the connection.</summary>
    public string IsCaller(Direction? side) => Condition("src_ip", "src_port", name => OfSides(side, name.IsOwner(), name.IsPeer()));

    /// <summary>The condition that this end is not the one that the event is about.</summary>
    public string IsPeer(Direction? side) => SqlCondition.All(
        [
            .. Address is null && Port is null ? (string[])[] : [OfSides(side, Condition("dst_ip", "dst_port", null), Condition("src_ip", "src_port", null))],
            .. Name is null ? (string[])[] : [Name.IsPeer()],
        ]);

    /// <summary>The first of these over sums, which know the peer's address and the server's port alone; null where they can't tell.</summary>
    public string? IsCalledInSums(Direction? side) => Name is null && (Address is null || side == Direction.Outbound) ? Condition("peer", "port", null) : null;

    /// <summary>The second over sums.</summary>
    public string? IsCallerInSums(Direction? side) => Name is null && Port is null && side == Direction.Inbound ? Condition("peer", "", null) : null;

    /// <summary>The third over sums.</summary>
    public string? IsPeerInSums(Direction? side) => Name is null && (Port is null || side == Direction.Outbound) ? Condition("peer", "port", null) : null;

    private static (string Host, string? Port) Split(string text)
    {
        if (text is ['[', ..])
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            return end < 0 || (end < text.Length - 1 && text[end + 1] != ':') ? throw new FormatException("that is no address and no network") : (text[1..end], end < text.Length - 1 ? text[(end + 2)..] : null);
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || colon != text.LastIndexOf(':') ? (text, null) : (text[..colon], text[(colon + 1)..]);
    }

    private static string OfSides(Direction? side, string outbound, string inbound) => side switch
    {
        Direction.Outbound => outbound,
        Direction.Inbound => inbound,
        _ => SqlCondition.Any(SqlCondition.All(Outbound, outbound), SqlCondition.All(Inbound, inbound)),
    };

    private string Condition(string address, string port, Func<NamePattern, string>? named) => SqlCondition.All(
        [
            .. Address is null ? (string[])[] : [Address.Matches(address)],
            .. Port is null ? (string[])[] : [Port.Matches(port)],
            .. Name is null || named is null ? (string[])[] : [named(Name)],
        ]);
}

using NetMon.Events;

namespace NetMon.Query.Filters;

/// <summary>An end of a connection as named by an option: an address or a name, a port, or both.</summary>
/// <param name="Address">Null if no address is given.</param>
/// <param name="Name">Null if no name is given.</param>
/// <param name="Port">Null for all ports.</param>
internal sealed record Endpoint(AddressPattern? Address, NamePattern? Name, PortRange? Port)
{
    private const string Outbound = "direction = 'outbound'";
    private const string Inbound = "direction = 'inbound'";

    /// <summary>Parses ADDRESS, CIDR, [ADDRESS] or NAME, each optionally followed by :PORT, or :PORT alone.</summary>
    /// <exception cref="FormatException">The text is malformed; the message says how.</exception>
    public static Endpoint Parse(string text)
    {
        var (host, port) = Split(text);
        var range = port is null ? null : PortRange.TryParse(port) ?? throw new FormatException($"{port} is not a port");
        return host.Length == 0 ? range is not null ? new Endpoint(null, null, range) : throw new FormatException("neither an address nor a port")
            : AddressPattern.TryParse(host) is { } address ? new Endpoint(address, null, range)
            : AddressPattern.LooksLikeOne(host) ? throw new FormatException("not an address or a network")
            : new Endpoint(null, NamePattern.Of(host), range);
    }

    /// <summary>Returns the condition that this end is the server.</summary>
    public string IsCalled(Direction? side) => Condition("dst_ip", "dst_port", name => OfSides(side, name.IsPeer(), name.IsOwner()));

    /// <summary>Returns the condition that this end is the client.</summary>
    public string IsCaller(Direction? side) => Condition("src_ip", "src_port", name => OfSides(side, name.IsOwner(), name.IsPeer()));

    /// <summary>Returns the condition that this end is the peer.</summary>
    public string IsPeer(Direction? side) => SqlCondition.All(
        [
            .. Address is null && Port is null ? (string[])[] : [OfSides(side, Condition("dst_ip", "dst_port", null), Condition("src_ip", "src_port", null))],
            .. Name is null ? (string[])[] : [Name.IsPeer()],
        ]);

    /// <summary>As <see cref="IsCalled"/>, over roll-ups, which have only the peer's address and the server's port; null if they can't decide it.</summary>
    public string? IsCalledInSums(Direction? side) => Name is null && (Address is null || side == Direction.Outbound) ? Condition("peer", "port", null) : null;

    /// <summary>As <see cref="IsCaller"/>, over roll-ups.</summary>
    public string? IsCallerInSums(Direction? side) => Name is null && Port is null && side == Direction.Inbound ? Condition("peer", "", null) : null;

    /// <summary>As <see cref="IsPeer"/>, over roll-ups.</summary>
    public string? IsPeerInSums(Direction? side) => Name is null && (Port is null || side == Direction.Outbound) ? Condition("peer", "port", null) : null;

    private static (string Host, string? Port) Split(string text)
    {
        if (text is ['[', ..])
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            return end < 0 || (end < text.Length - 1 && text[end + 1] != ':') ? throw new FormatException("not an address or a network") : (text[1..end], end < text.Length - 1 ? text[(end + 2)..] : null);
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

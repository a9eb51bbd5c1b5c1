namespace NetMon.Events;

/// <summary>Which side the owner is. Mirrors <c>enum nm_direction</c>.</summary>
public enum Direction : byte
{
    None = 0,

    /// <summary>The owner opened the connection.</summary>
    Outbound = 1,

    /// <summary>The owner was called.</summary>
    Inbound = 2,
}

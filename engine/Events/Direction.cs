namespace NetMon.Events;

/// <summary>The owner's side of the connection. Mirrors <c>enum nm_direction</c>.</summary>
public enum Direction : byte
{
    None = 0,

    /// <summary>The owner opened the connection.</summary>
    Outbound = 1,

    /// <summary>The owner accepted the connection.</summary>
    Inbound = 2,
}

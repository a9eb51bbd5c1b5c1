namespace NetMon.Sources.Synthetic;

/// <summary>A connection of <see cref="SyntheticConnections"/> that is not over: both of its ends.</summary>
internal struct SyntheticConnection
{
    public ulong Since;
    public ulong ClientCgroup;
    public ulong ServerCgroup;
    public ulong Up;
    public ulong Down;
    public ulong FlowUp; // as the last FLOW said
    public ulong FlowDown;
    public ulong ClientId;
    public ulong ServerId;
    public ulong ConnectLatency;
    public uint AcceptLatency;
    public int TurnsLeft; // after a FLOW until the close
    public int Next;
    public short Client;
    public short Server;
    public short Remote;
    public ushort Port;
    public NextStep Step;

    /// <summary>Which event it has next.</summary>
    public enum NextStep : byte
    {
        Accept,
        FirstFlow,
        LastFlow,
        FirstClose,
        LastClose,
    }
}

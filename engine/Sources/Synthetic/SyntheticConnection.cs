namespace NetMon.Sources.Synthetic;

/// <summary>An open connection of <see cref="SyntheticConnections"/>, with both of its ends.</summary>
internal struct SyntheticConnection
{
    public ulong Since;
    public ulong ClientCgroup;
    public ulong ServerCgroup;
    public ulong Up;
    public ulong Down;
    public ulong FlowUp; // as of the last FLOW
    public ulong FlowDown;
    public ulong ClientId;
    public ulong ServerId;
    public ulong ConnectLatency;
    public uint AcceptLatency;
    public int TurnsLeft; // from a FLOW to the close
    public int Next;
    public short Client;
    public short Server;
    public short Remote;
    public ushort Port;
    public NextStep Step;

    /// <summary>The next event.</summary>
    public enum NextStep : byte
    {
        Accept,
        FirstFlow,
        LastFlow,
        FirstClose,
        LastClose,
    }
}

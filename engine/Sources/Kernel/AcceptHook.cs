namespace NetMon.Sources.Kernel;

/// <summary>What an ACCEPT waits for. Mirrors <c>enum nm_accept_hook</c> of <c>bpf/knobs.h</c>.</summary>
public enum AcceptHook : uint
{
    /// <summary>Nothing: the listener owns it.</summary>
    Listener = 0,

    /// <summary>A hook that no accept() passes by.</summary>
    Always = 1,

    /// <summary>A hook that some accept() pass by, or the socket's close.</summary>
    Mostly = 2,
}

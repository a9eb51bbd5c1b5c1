namespace NetMon.Sources.Kernel;

/// <summary>The hook that an ACCEPT waits for. Mirrors <c>enum nm_accept_hook</c> of <c>bpf/knobs.h</c>.</summary>
public enum AcceptHook : uint
{
    /// <summary>None: the listener is the owner.</summary>
    Listener = 0,

    /// <summary>A hook that every accept() triggers.</summary>
    Always = 1,

    /// <summary>A hook that some accept() calls do not trigger, or the socket's close.</summary>
    Mostly = 2,
}

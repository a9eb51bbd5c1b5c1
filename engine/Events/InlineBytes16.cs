using System.Runtime.CompilerServices;

namespace NetMon.Events;

/// <summary>Sixteen inline bytes: an address (network order, IPv4 as ::ffff:a.b.c.d) or a process name.</summary>
[InlineArray(16)]
public struct InlineBytes16
{
    private byte _first;
}

using System.Runtime.CompilerServices;

namespace NetMon.Events;

/// <summary>An inline cgroup path: NUL-terminated if shorter, zero-filled.</summary>
[InlineArray(488)]
public struct InlineBytes488
{
    private byte _first;
}

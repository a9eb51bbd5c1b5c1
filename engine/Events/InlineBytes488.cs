using System.Runtime.CompilerServices;

namespace NetMon.Events;

/// <summary>A cgroup's path in place: NUL-terminated where it is shorter, zero-filled.</summary>
[InlineArray(488)]
public struct InlineBytes488
{
    private byte _first;
}

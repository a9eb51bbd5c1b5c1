using System.Globalization;

namespace NetMon.LiveTests.Support.Containers;

/// <summary>A container that listens.</summary>
/// <param name="Address">Its address for others.</param>
/// <param name="Pid">In the node's pid namespace.</param>
internal sealed record Server(PodContainer Container, string Address, int Port, int Pid)
{
    /// <summary>A command that connects to it this many times.</summary>
    public string[] Call(int count) =>
        ["netload", "connect", Address, Port.ToString(CultureInfo.InvariantCulture), "--count", count.ToString(CultureInfo.InvariantCulture)];

    public bool IsCalledBy(SeenEvent e) => e.DestinationPort == Port && e.DestinationAddress == Address;
}

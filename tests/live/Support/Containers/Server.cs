using System.Globalization;

namespace NetMon.LiveTests.Support.Containers;

/// <summary>A container that listens.</summary>
/// <param name="Address">Where others reach it.</param>
/// <param name="Pid">As the node sees it.</param>
internal sealed record Server(PodContainer Container, string Address, int Port, int Pid)
{
    /// <summary>A command that connects to it so many times.</summary>
    public string[] Call(int count) =>
        ["netload", "connect", Address, Port.ToString(CultureInfo.InvariantCulture), "--count", count.ToString(CultureInfo.InvariantCulture)];

    public bool IsCalledBy(SeenEvent e) => e.DestinationPort == Port && e.DestinationAddress == Address;
}

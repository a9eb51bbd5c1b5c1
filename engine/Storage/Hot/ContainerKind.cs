using NetMon.Events;
using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>The containers that events belong to.</summary>
internal readonly struct ContainerKind : IIdentityKind<ContainerIdentity>
{
    public static int Dictionary => HotColumns.Containers;

    public static IReadOnlyList<IdentityColumn<ContainerIdentity>> Texts => EventColumns.ContainerTexts;

    public static ContainerIdentity Empty { get; } = new("");

    public static ContainerIdentity? Of(in ConnectionEvent e) => e.Container;
}

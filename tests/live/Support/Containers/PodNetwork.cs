namespace NetMon.LiveTests.Support.Containers;

/// <summary>The network of a pod.</summary>
public enum PodNetwork
{
    /// <summary>The node's.</summary>
    Host,

    /// <summary>Its own, on the node's bridge.</summary>
    Pod,
}

namespace NetMon.LiveTests.Support.Containers;

/// <summary>Which network a pod is in.</summary>
public enum PodNetwork
{
    /// <summary>The node's.</summary>
    Host,

    /// <summary>Its own, on the node's bridge.</summary>
    Pod,
}

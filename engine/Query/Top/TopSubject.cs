namespace NetMon.Query.Top;

/// <summary>The subject of rows.</summary>
internal enum TopSubject
{
    /// <summary>The workloads of the processes on this side.</summary>
    Workloads,

    /// <summary>The other ends of connections.</summary>
    Peers,
}

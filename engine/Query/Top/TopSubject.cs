namespace NetMon.Query.Top;

/// <summary>What a row is.</summary>
internal enum TopSubject
{
    /// <summary>Whom the processes of this side belong to.</summary>
    Workloads,

    /// <summary>Who is at the other end.</summary>
    Peers,
}

namespace NetMon.Host.Metrics;

/// <summary>Metrics that are brought up to date when they are asked for, so that nothing is paid when nobody asks.</summary>
internal interface IMetricGroup
{
    /// <summary>Reads the counters. One thread at a time.</summary>
    void Update();
}

namespace NetMon.Host.Metrics;

/// <summary>Metrics that are updated when scraped, so that they cost nothing otherwise.</summary>
internal interface IMetricGroup
{
    /// <summary>Reads the counters. Not called concurrently.</summary>
    void Update();
}

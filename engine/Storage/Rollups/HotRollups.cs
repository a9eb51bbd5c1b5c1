namespace NetMon.Storage.Rollups;

/// <summary>The roll-ups in hot/, by hour. The thread that seals.</summary>
/// <param name="capture">Where they are; borrowed.</param>
/// <param name="options">Told of each step.</param>
internal sealed class HotRollups(CaptureDirectory capture, CaptureSinkOptions options)
{
    private readonly Dictionary<Hour, HourRollups> _hours = [];

    /// <summary>Those of an hour.</summary>
    public HourRollups Of(Hour hour)
    {
        if (!_hours.TryGetValue(hour, out var rollups))
        {
            _hours.Add(hour, rollups = new HourRollups());
        }

        return rollups;
    }

    /// <summary>Moves an unfinished roll-up to its place.</summary>
    /// <exception cref="IOException">It can't.</exception>
    public void Publish(RollupFiles files, Hour hour, string partial, RollupOrigin origin)
    {
        var path = capture.NewRollup(hour);
        files.Publish(partial, path);
        Of(hour).Add(new HotRollup(path, origin));
    }

    /// <summary>Removes one, whose sums are in another file.</summary>
    /// <exception cref="IOException">It can't.</exception>
    public void Remove(Hour hour, HotRollup rollup)
    {
        capture.Root.Delete(rollup.Path);
        Of(hour).Remove(rollup);
        options.SealStep?.Invoke("roll-up removed");
    }

    /// <summary>Forgets an hour that has none any more.</summary>
    public void ForgetIfEmpty(Hour hour)
    {
        if (Of(hour).All.Count == 0)
        {
            _hours.Remove(hour);
        }
    }
}

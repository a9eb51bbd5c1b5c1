namespace NetMon.Storage.Rollups;

/// <summary>The roll-ups in hot/, by hour. For the sealing thread.</summary>
/// <param name="capture">The capture directory; borrowed.</param>
/// <param name="options">Receives each step.</param>
internal sealed class HotRollups(CaptureDirectory capture, CaptureSinkOptions options)
{
    private readonly Dictionary<Hour, HourRollups> _hours = [];

    /// <summary>Returns the roll-ups of an hour.</summary>
    public HourRollups Of(Hour hour)
    {
        if (!_hours.TryGetValue(hour, out var rollups))
        {
            _hours.Add(hour, rollups = new HourRollups());
        }

        return rollups;
    }

    /// <summary>Moves a temporary roll-up to its final path.</summary>
    /// <exception cref="IOException">The file can't be moved.</exception>
    public void Publish(RollupFiles files, Hour hour, string partial, RollupOrigin origin)
    {
        var path = capture.NewRollup(hour);
        files.Publish(partial, path);
        Of(hour).Add(new HotRollup(path, origin));
    }

    /// <summary>Removes a roll-up that is contained in another file.</summary>
    /// <exception cref="IOException">The file can't be removed.</exception>
    public void Remove(Hour hour, HotRollup rollup)
    {
        capture.Root.Delete(rollup.Path);
        Of(hour).Remove(rollup);
        options.SealStep?.Invoke("roll-up removed");
    }

    /// <summary>Drops an hour without roll-ups.</summary>
    public void ForgetIfEmpty(Hour hour)
    {
        if (Of(hour).All.Count == 0)
        {
            _hours.Remove(hour);
        }
    }
}

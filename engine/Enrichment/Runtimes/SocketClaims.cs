namespace NetMon.Enrichment.Runtimes;

/// <summary>Who asks at which socket, so that one that has two paths is asked once. Any thread.</summary>
internal sealed class SocketClaims
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, object> _owners = [];

    /// <summary>True when the socket is there and no other owner's. An owner holds one at a time.</summary>
    public bool TryClaim(string socketPath, object owner)
    {
        // True for a socket as for anything that is no folder.
        if (!File.Exists(socketPath))
        {
            Release(owner);
            return false;
        }

        var real = RealPath.Of(socketPath);
        lock (_gate)
        {
            if (_owners.TryGetValue(real, out var other))
            {
                return other == owner;
            }

            ReleaseLocked(owner);
            _owners.Add(real, owner);
            return true;
        }
    }

    /// <summary>Gives up what the owner holds, if anything.</summary>
    public void Release(object owner)
    {
        lock (_gate)
        {
            ReleaseLocked(owner);
        }
    }

    private void ReleaseLocked(object owner)
    {
        foreach (var (path, holder) in _owners)
        {
            if (holder == owner)
            {
                _owners.Remove(path);
                return;
            }
        }
    }
}

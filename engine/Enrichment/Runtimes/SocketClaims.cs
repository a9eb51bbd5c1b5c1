namespace NetMon.Enrichment.Runtimes;

/// <summary>Assigns sockets to endpoints, so that a socket with two paths is queried once. Thread-safe.</summary>
internal sealed class SocketClaims
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, object> _owners = [];

    /// <summary>Claims a socket; false if it does not exist or another owner has it. An owner holds one at a time.</summary>
    public bool TryClaim(string socketPath, object owner)
    {
        // True for sockets, as for anything that is not a directory.
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

    /// <summary>Releases the owner's socket, if any.</summary>
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

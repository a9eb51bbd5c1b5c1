using System.Globalization;

namespace NetMon.Tests.Kubernetes;

/// <summary>The objects of a cluster and what has happened to them, as an API server's store has it. Any thread.</summary>
internal sealed class TestCluster
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SortedDictionary<string, string>> _objects = [];
    private readonly Dictionary<string, List<Change>> _changes = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version = 1000;
    private long _compacted;

    /// <summary>The newest version.</summary>
    public long Version
    {
        get
        {
            lock (_gate)
            {
                return _version;
            }
        }
    }

    /// <summary>Completed by the next change.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Makes or replaces an object: its JSON for a version.</summary>
    public void Put(TestObject made)
    {
        lock (_gate)
        {
            var objects = Of(made.Path);
            var json = made.Json(++_version);
            Add(made.Path, new Change(_version, objects.ContainsKey(made.Key) ? "MODIFIED" : "ADDED", json));
            objects[made.Key] = json;
        }
    }

    /// <summary>Removes an object.</summary>
    public void Delete(TestObject gone)
    {
        lock (_gate)
        {
            if (Of(gone.Path).Remove(gone.Key))
            {
                Add(gone.Path, new Change(++_version, "DELETED", gone.Json(_version)));
            }
        }
    }

    /// <summary>Puts words of any kind into the stream of a watch, as if they were an event.</summary>
    public void Say(string path, string line)
    {
        lock (_gate)
        {
            Add(path, new Change(++_version, "", line));
        }
    }

    /// <summary>Forgets all changes so far: whoever goes on from before is told that it is gone.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            _compacted = ++_version;
            _changes.Clear();
        }
    }

    /// <summary>All objects of a kind, and the version that they are of.</summary>
    public (string[] Items, long Version) List(string path)
    {
        lock (_gate)
        {
            return ([.. Of(path).Values], _version);
        }
    }

    /// <summary>What has happened since a version; null if that is not known any more.</summary>
    public IReadOnlyList<Change>? Since(string path, long version)
    {
        lock (_gate)
        {
            if (version < _compacted)
            {
                return null;
            }

            var all = _changes.GetValueOrDefault(path);
            if (all is null)
            {
                return [];
            }

            var first = all.Count;
            while (first > 0 && all[first - 1].Version > version)
            {
                first--;
            }

            return all.GetRange(first, all.Count - first);
        }
    }

    private SortedDictionary<string, string> Of(string path) =>
        _objects.TryGetValue(path, out var objects) ? objects : _objects[path] = new SortedDictionary<string, string>(StringComparer.Ordinal);

    private void Add(string path, Change change)
    {
        if (!_changes.TryGetValue(path, out var changes))
        {
            _changes[path] = changes = [];
        }

        changes.Add(change);
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    /// <summary>An event of a watch.</summary>
    /// <param name="Version">Of the object then.</param>
    /// <param name="Type">ADDED, MODIFIED or DELETED; empty: the JSON is the whole line.</param>
    /// <param name="Json">The object.</param>
    public readonly record struct Change(long Version, string Type, string Json)
    {
        /// <summary>The line of the stream.</summary>
        public string Line => Type.Length == 0 ? Json : string.Create(CultureInfo.InvariantCulture, $$"""{"type":"{{Type}}","object":{{Json}}}""");
    }
}

using System.Globalization;

namespace NetMon.Tests.Kubernetes;

/// <summary>The objects of a cluster and their history, as in the store of an API server. Thread-safe.</summary>
internal sealed class TestCluster
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SortedDictionary<string, string>> _objects = [];
    private readonly Dictionary<string, List<Change>> _changes = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version = 1000;
    private long _compacted;

    /// <summary>The latest version.</summary>
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

    /// <summary>Completes at the next change.</summary>
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

    /// <summary>Creates or replaces an object: its JSON for a version.</summary>
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

    /// <summary>Puts any text into the stream of a watch, instead of an event.</summary>
    public void Say(string path, string line)
    {
        lock (_gate)
        {
            Add(path, new Change(++_version, "", line));
        }
    }

    /// <summary>Forgets all changes so far: clients that continue from an earlier version get 410.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            _compacted = ++_version;
            _changes.Clear();
        }
    }

    /// <summary>All objects of a kind, and their resource version.</summary>
    public (string[] Items, long Version) List(string path)
    {
        lock (_gate)
        {
            return ([.. Of(path).Values], _version);
        }
    }

    /// <summary>The changes since a version; null if they are forgotten.</summary>
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
    /// <param name="Version">The object's version after the event.</param>
    /// <param name="Type">ADDED, MODIFIED or DELETED; empty: the JSON is the whole line.</param>
    /// <param name="Json">The object.</param>
    public readonly record struct Change(long Version, string Type, string Json)
    {
        /// <summary>The line of the stream.</summary>
        public string Line => Type.Length == 0 ? Json : string.Create(CultureInfo.InvariantCulture, $$"""{"type":"{{Type}}","object":{{Json}}}""");
    }
}

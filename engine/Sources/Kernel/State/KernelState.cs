using System.Globalization;
using NetMon.Native;

namespace NetMon.Sources.Kernel.State;

/// <summary>
/// State that outlives the agent: the kernel's table of sockets, pinned in a folder of a bpffs, which the next agent continues to use. Only one
/// agent can hold the folder at a time. Owned by <see cref="KernelSource"/>; <see cref="Beat"/> may be called on any one thread.
/// </summary>
internal sealed class KernelState : IDisposable
{
    /// <summary>Mirrors NM_SLOTS_LAYOUT of <c>bpf/slots.h</c>.</summary>
    public const int Layout = 1;

    private const string RecordPin = "state-1";
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);
    private static readonly string[] Tables = ["slots", "turns"];
    private readonly BpfFolder _lock;
    private readonly string _folder;
    private readonly BpfMaps _maps;
    private readonly PinnedMap _record;
    private readonly uint _hierarchy;
    private bool _reused;

    private KernelState(BpfFolder folderLock, string folder, BpfMaps maps, uint hierarchy, PinnedMap record) =>
        (_lock, _folder, _maps, _hierarchy, _record) = (folderLock, folder, maps, hierarchy, record);

    /// <summary>The number of slots in use that the previous agent left.</summary>
    public int Inherited { get; private set; }

    /// <summary>What was found in the folder and done with it, with a leading space; empty if there is nothing to report.</summary>
    public string Note { get; private set; } = "";

    /// <summary>
    /// Locks the folder, and makes the object, whose maps have their final sizes but are not loaded yet, use the table in it. A table with another
    /// layout, size or hierarchy, or one that has been unused for too long, is removed. Returns null and the reason if the folder can't be used.
    /// </summary>
    public static KernelState? Open(string folder, BpfMaps maps, uint hierarchy, out string why)
    {
        if (BpfFolder.TryLock(folder, out why) is not { } folderLock)
        {
            return null;
        }

        try
        {
            return Open(folderLock, folder, maps, hierarchy);
        }
        catch (Exception e) when (e is NativeException or IOException or UnauthorizedAccessException)
        {
            folderLock.Dispose();
            why = e.Message;
            return null;
        }
    }

    /// <summary>Pins the table of the loaded object if it is new. Throws <see cref="NativeException"/>.</summary>
    public void Keep()
    {
        Beat();
        foreach (var table in _reused ? [] : TablesOf(_maps))
        {
            _maps.Pin(table, PathOf(PinOf(table, _maps.ShapeOf(table))));
        }
    }

    /// <summary>Records that the table is in use, with the time.</summary>
    public void Beat() => _record.Set(new StateRecord { LastUsedNanoseconds = MonotonicClock.SinceBoot, CgroupHierarchy = _hierarchy });

    public void Dispose()
    {
        _record.Dispose();
        _lock.Dispose();
    }

    private static KernelState Open(BpfFolder folderLock, string folder, BpfMaps maps, uint hierarchy)
    {
        var pins = TablesOf(maps).ToDictionary(table => table, table => PinOf(table, maps.ShapeOf(table)));
        var removed = StatePins.RemoveBut(folder, [RecordPin, .. pins.Values]);
        var shape = MapShape.OneValue(System.Runtime.CompilerServices.Unsafe.SizeOf<StateRecord>());
        var path = Path.Combine(folder, RecordPin);
        var record = PinnedMap.TryOpen(path);
        if (record is not null && record.Shape != shape)
        {
            record.Dispose();
            File.Delete(path);
            record = null;
            removed++;
        }

        var isNew = record is null;
        record ??= PinnedMap.Create("netmon_state", shape, path);
        var state = new KernelState(folderLock, folder, maps, hierarchy, record);
        try
        {
            state.Take(pins, isNew, removed);
        }
        catch
        {
            record.Dispose();
            throw;
        }

        return state;
    }

    private static string PinOf(string table, MapShape shape) => string.Create(CultureInfo.InvariantCulture, $"{table}-{Layout}-{shape.MaxEntries}");

    private static IEnumerable<string> TablesOf(BpfMaps maps) => Tables.Where(maps.Has);

    private string PathOf(string pin) => Path.Combine(_folder, pin);

    /// <summary>Takes over either all existing tables or none.</summary>
    private void Take(Dictionary<string, string> pins, bool recordIsNew, int removed)
    {
        var found = pins.ToDictionary(pin => pin.Key, pin => PinnedMap.TryOpen(PathOf(pin.Value)));
        try
        {
            var record = recordIsNew ? default : _record.Get<StateRecord>();
            var unused = TimeSpan.FromSeconds((MonotonicClock.SinceBoot - record.LastUsedNanoseconds) / 1_000_000_000);
            var any = found.Values.Any(map => map is not null);
            var fits = !recordIsNew && record.CgroupHierarchy == _hierarchy && found.All(map => map.Value?.Shape == _maps.ShapeOf(map.Key));
            if (fits && unused <= Kept)
            {
                Inherited = found["slots"]!.CountUsed();
                foreach (var (table, map) in found)
                {
                    _maps.Reuse(table, map!);
                }

                _reused = true;
                return;
            }

            if (fits)
            {
                Note = $" (the state of an agent that ended {unused.TotalMinutes:0} min ago is too old: {found["slots"]!.CountUsed()} sockets dropped)";
            }
            else if (any || removed > 0)
            {
                Note = " (the state of an agent of another version, size or cgroup hierarchy is not used)";
            }
        }
        finally
        {
            foreach (var map in found.Values)
            {
                map?.Dispose();
            }
        }

        foreach (var pin in pins.Values)
        {
            File.Delete(PathOf(pin));
        }
    }
}

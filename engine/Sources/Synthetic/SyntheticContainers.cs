using System.Globalization;
using System.Text;
using NetMon.Events;

namespace NetMon.Sources.Synthetic;

/// <summary>
/// The containers of a synthetic node: a fixed number at any time; the oldest ends when a new one starts. The n-th container ever has the cgroup id
/// 100,000 + n and the path <c>/kubepods/burstable/podUID/ID</c>, where UID starts with n as eight hexadecimal digits and ID repeats these eight
/// times, so that tests know the names. On a node with names, UID is the pod's.
/// </summary>
internal sealed class SyntheticContainers(int count, double startsPerSecond, bool hasNames = false)
{
    private const ulong FirstCgroup = 100_000;
    private const ulong RootCgroup = 1;
    private long _first;
    private long _next;

    /// <summary>The number of containers at any time.</summary>
    public int Count => count;

    /// <summary>Returns the cgroup of a process; processes are assigned to the containers in turn.</summary>
    public ulong CgroupOf(int process)
    {
        if (count == 0)
        {
            return RootCgroup;
        }

        var place = (process - _first) % count;
        return FirstCgroup + (ulong)(_first + (place < 0 ? place + count : place));
    }

    /// <summary>Returns the changes up to now, oldest first; false if there are none left. A cgroup is reported before it is used.</summary>
    public bool TryAdvance(TimeSpan elapsed, ulong ktimeNanoseconds, out CgroupRecord change)
    {
        var due = count + (long)(elapsed.TotalSeconds * startsPerSecond);
        if (_next < due && count > 0)
        {
            change = Record(RecordKind.CgroupMade, ktimeNanoseconds, _next++);
            return true;
        }

        if (_next - _first > count)
        {
            change = Record(RecordKind.CgroupRemoved, ktimeNanoseconds, _first++);
            return true;
        }

        if (count == 0 && _next == 0)
        {
            _next = _first = 1;
            change = CgroupRecord.Of(RecordKind.CgroupMade, ktimeNanoseconds, RootCgroup, "/"u8);
            return true;
        }

        change = default;
        return false;
    }

    private CgroupRecord Record(RecordKind kind, ulong ktimeNanoseconds, long n)
    {
        var digits = n.ToString("x8", CultureInfo.InvariantCulture);
        var uid = hasNames ? SyntheticPods.UidOf(n, count) : $"{digits}-0000-4000-8000-{digits}0000";
        var path = $"/kubepods/burstable/pod{uid}/{string.Concat(Enumerable.Repeat(digits, 8))}";
        return CgroupRecord.Of(kind, ktimeNanoseconds, FirstCgroup + (ulong)n, Encoding.ASCII.GetBytes(path));
    }
}

using System.Buffers;
using System.Text;

namespace NetMon.Enrichment.Cgroups;

/// <summary>
/// From a cgroup's path to the containers that it is in. Every current runtime ends the cgroup of a container with its id,
/// 64 hexadecimal digits, alone or in a name of a form of its own; a pod's is a directory above it with the pod's uid.
/// </summary>
public static class CgroupPath
{
    private const int IdLength = 64;
    private const int UidLength = 36; // RFC 9562, with dashes
    private const int StaticPodUidLength = 32; // of a pod from a file: a hash, without dashes
    private static readonly SearchValues<byte> Hex = SearchValues.Create("0123456789abcdef"u8);
    private static readonly SearchValues<byte> UidDigits = SearchValues.Create("0123456789abcdef-_"u8);

    /// <summary>
    /// The containers, outermost first; none for a cgroup of the host's own. Takes any bytes; of a path in a cgroup namespace
    /// (<c>/../../pod…/…</c>) what is left of it. Allocates for what it returns alone.
    /// </summary>
    public static ContainerPath[] Containers(ReadOnlySpan<byte> path)
    {
        ContainerPath[] found = [];
        ReadOnlySpan<byte> podUid = [];
        foreach (var range in path.Split((byte)'/'))
        {
            var name = path[range];
            if (PodUidIn(name) is { IsEmpty: false } uid)
            {
                podUid = uid;
            }

            if (ContainerIdIn(name) is { IsEmpty: false } id)
            {
                found = [.. found, new ContainerPath(Encoding.ASCII.GetString(id), Encoding.ASCII.GetString(podUid).Replace('_', '-'))];
                podUid = []; // whatever is further in has a pod of its own, or none
            }
        }

        return found;
    }

    /// <summary>
    /// The systemd unit of the node that a path is in: its outermost part with the ending of a unit that has processes, because
    /// who is in a unit may name what is below it. Of a login session the user's slice, since sessions are numbered; empty for a
    /// scope that <c>systemd-run</c> made, whose name is different each time, and where there is no unit. Allocates nothing.
    /// </summary>
    public static ReadOnlySpan<byte> Unit(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> slice = [];
        foreach (var range in path.Split((byte)'/'))
        {
            var name = path[range];
            if (name.EndsWith(".service"u8) || name.EndsWith(".socket"u8) || name.EndsWith(".mount"u8) || name.EndsWith(".swap"u8))
            {
                return name;
            }

            if (name.EndsWith(".scope"u8))
            {
                return name.StartsWith("session-"u8) && slice.StartsWith("user-"u8) ? slice : name.StartsWith("run-"u8) ? [] : name;
            }

            slice = name.EndsWith(".slice"u8) ? name : slice;
        }

        return [];
    }

    /// <summary>
    /// <c>ID</c> (cgroupfs driver), <c>PREFIX-ID.scope</c> (systemd driver), <c>crio-ID</c>, <c>libpod-ID</c>, and
    /// <c>SLICE:PREFIX:ID</c> (a runc that was given a systemd path and has no systemd). Not what watches over a container:
    /// <c>crio-conmon-ID.scope</c>, <c>libpod-conmon-ID.scope</c>.
    /// </summary>
    private static ReadOnlySpan<byte> ContainerIdIn(ReadOnlySpan<byte> name)
    {
        name = Without(name, ".scope"u8);
        if (name.Length < IdLength || name[^IdLength..].ContainsAnyExcept(Hex))
        {
            return [];
        }

        var prefix = name[..^IdLength];
        return prefix.IsEmpty || ((prefix[^1] is (byte)'-' or (byte)':') && !prefix.EndsWith("conmon-"u8)) ? name[^IdLength..] : [];
    }

    /// <summary><c>podUID</c> (cgroupfs driver), <c>kubepods-burstable-podUID.slice</c> (systemd driver, '_' for '-'), the latter also before a ':'.</summary>
    private static ReadOnlySpan<byte> PodUidIn(ReadOnlySpan<byte> name)
    {
        var colon = name.IndexOf((byte)':');
        name = Without(colon < 0 ? name : name[..colon], ".slice"u8);
        var start = name.StartsWith("pod"u8) ? 0 : name.LastIndexOf("-pod"u8) + 1;
        if (start == 0 && !name.StartsWith("pod"u8))
        {
            return [];
        }

        var uid = name[(start + 3)..];
        return uid.Length is UidLength or StaticPodUidLength && !uid.ContainsAnyExcept(UidDigits) ? uid : [];
    }

    private static ReadOnlySpan<byte> Without(ReadOnlySpan<byte> name, ReadOnlySpan<byte> end) => name.EndsWith(end) ? name[..^end.Length] : name;
}

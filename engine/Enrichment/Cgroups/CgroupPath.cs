using System.Buffers;
using System.Text;

namespace NetMon.Enrichment.Cgroups;

/// <summary>
/// Parses a cgroup's path into the containers that it is in. Every current runtime ends the name of a container's cgroup with its id, 64
/// hexadecimal digits, alone or with a prefix and suffix; a parent directory contains the pod's uid.
/// </summary>
public static class CgroupPath
{
    private const int IdLength = 64;
    private const int UidLength = 36; // RFC 9562, with dashes
    private const int StaticPodUidLength = 32; // of a static pod: a hash, without dashes
    private static readonly SearchValues<byte> Hex = SearchValues.Create("0123456789abcdef"u8);
    private static readonly SearchValues<byte> UidDigits = SearchValues.Create("0123456789abcdef-_"u8);

    /// <summary>
    /// Returns the containers, outermost first; empty for a cgroup of the host. Accepts any bytes, and a path relative to a cgroup namespace
    /// (<c>/../../pod…/…</c>). Allocates only the result.
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
                podUid = []; // containers further in have their own pod, or none
            }
        }

        return found;
    }

    /// <summary>
    /// Returns the node's systemd unit in a path: the outermost part with the suffix of a unit type that has processes, because a unit may choose the
    /// names below it. For a login session returns the user's slice, since sessions are numbered. Empty for a scope created by <c>systemd-run</c>, which
    /// has a different name each time, and if there is no unit. Does not allocate.
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
    /// Finds the id in <c>ID</c> (cgroupfs driver), <c>PREFIX-ID.scope</c> (systemd driver), <c>crio-ID</c>, <c>libpod-ID</c>, and
    /// <c>SLICE:PREFIX:ID</c> (runc with a systemd path but without systemd). Excludes the monitors of containers:
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

    /// <summary>Finds the uid in <c>podUID</c> (cgroupfs driver) and <c>kubepods-burstable-podUID.slice</c> (systemd driver, with '_' for '-'), the latter also before a ':'.</summary>
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

namespace NetMon.Host.Doctor;

/// <summary>Which cgroup hierarchies this node has mounted.</summary>
internal static class CgroupMode
{
    /// <summary>unified (v2), hybrid, v1, or none.</summary>
    public static string Describe()
    {
        var types = File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).Where(fields => fields.Length > 2).Select(fields => fields[2]).ToHashSet();
        return (types.Contains("cgroup2"), types.Contains("cgroup")) switch
        {
            (true, false) => "unified (v2)",
            (true, true) => "hybrid: v1 controllers, and v2",
            (false, true) => "v1 only",
            _ => "none mounted",
        };
    }
}

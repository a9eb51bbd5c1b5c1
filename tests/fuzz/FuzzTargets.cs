using NetMon.Fuzz.Targets;

namespace NetMon.Fuzz;

/// <summary>All targets. Each has a folder of the same name in corpus/.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("records", RecordTargets.Current),
        new("records-v1", RecordTargets.Version1),
        new("cgroup-path", RecordTargets.CgroupPaths),
        new("mounts", RecordTargets.Mounts),
        new("segment", StorageTargets.Segment),
        new("footer", StorageTargets.Footer),
        new("parquet", StorageTargets.ParquetPages),
        new("rollup", StorageTargets.Rollup),
        new("loss", StorageTargets.Loss),
        new("node-name", StorageTargets.NodeName),
        new("cri", RuntimeTargets.Cri),
        new("docker", RuntimeTargets.Docker),
        new("kubernetes", KubernetesTargets.Answer),
        new("kubernetes-lines", KubernetesTargets.Lines),
        new("options", TextTargets.Options),
        new("filters", TextTargets.Filters),
        new("filter-options", FilterTargets.Options),
    ];

    public static FuzzTarget Of(string name) => All.FirstOrDefault(target => target.Name == name)
        ?? throw new ArgumentException($"no target {name}; there are {string.Join(", ", All.Select(target => target.Name))}");
}

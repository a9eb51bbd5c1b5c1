using NetMon.Fuzz.Targets;

namespace NetMon.Fuzz;

/// <summary>All targets. Each has a folder of the same name in corpus/.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("records", RecordTargets.Current, 1024),
        new("records-v1", RecordTargets.Version1, 512),
        new("cgroup-path", RecordTargets.CgroupPaths, 256),
        new("mounts", RecordTargets.Mounts, 512),
        new("segment", StorageTargets.Segment, 4096),
        new("footer", StorageTargets.Footer, 4096),
        new("parquet", StorageTargets.ParquetPages, 8192),
        new("page-values", PageTargets.Values, 256),
        new("rollup", StorageTargets.Rollup, 4096),
        new("loss", StorageTargets.Loss, 256),
        new("node-name", StorageTargets.NodeName, 128),
        new("cri", RuntimeTargets.Cri, 256),
        new("docker", RuntimeTargets.Docker, 512),
        new("kubernetes", KubernetesTargets.Answer, 1024),
        new("kubernetes-lines", KubernetesTargets.Lines, 512),
        new("options", TextTargets.Options, 128),
        new("filters", TextTargets.Filters, 256),
        new("filter-options", FilterTargets.Options, 256),
    ];

    public static FuzzTarget Of(string name) => All.FirstOrDefault(target => target.Name == name)
        ?? throw new ArgumentException($"no target {name}; there are {string.Join(", ", All.Select(target => target.Name))}");
}

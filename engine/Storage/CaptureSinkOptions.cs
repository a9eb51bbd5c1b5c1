using NetMon.Events;
using NetMon.Foundation;
using NetMon.Storage.Uploads;

namespace NetMon.Storage;

/// <summary>Options of a <see cref="CaptureSink"/>.</summary>
public sealed record CaptureSinkOptions
{
    /// <summary>The folder that contains hot/, events/ and loss/; created if missing. Must be on one file system.</summary>
    public required string CaptureDirectory { get; init; }

    /// <summary>The node's name: the value of the node column and, encoded, a part of file names.</summary>
    public required string Node { get; init; }

    /// <summary>The version of this build, stored in the files' metadata.</summary>
    public required string AgentVersion { get; init; }

    /// <summary>The kernel's boot id, stored in the files' metadata.</summary>
    public required string BootId { get; init; }

    /// <summary>
    /// The maximum age of an event that is not durable yet. Half of it may pass until the event is written to its segment, the other
    /// half until fdatasync(2) is called.
    /// </summary>
    public TimeSpan DurableWithin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after its end an hour still accepts rows.</summary>
    public TimeSpan ClockLateness { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Size in bytes at which a hot segment is full.</summary>
    public long SegmentBytes { get; init; } = Hot.HotLimits.SegmentBytes;

    /// <summary>
    /// Rows of a row group, at least 1. The default is the number of rows that DuckDB assigns to a thread at a time. A hot segment is full
    /// at this number of rows and then becomes a piece.
    /// </summary>
    public int RowGroupRows { get; init; } = 122_880;

    /// <summary>The maximum age of events, by hour; null: no limit.</summary>
    public TimeSpan? RetainFor { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The maximum age of roll-ups and of the owners of addresses, by hour; null: no limit. Roll-ups do not count towards <see cref="RetainBytes"/>.</summary>
    public TimeSpan? RetainRollups { get; init; } = TimeSpan.FromDays(400);

    /// <summary>Maximum size of the capture directory in bytes, above which the oldest hours are removed; null: no limit.</summary>
    public long? RetainBytes { get; init; } = 10L << 30;

    /// <summary>The interval between checks of retention when no hour is sealed in between.</summary>
    public TimeSpan RetainEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long the clock must have run without being set before anything is removed because of its age.</summary>
    public TimeSpan ClockSteadyFor { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The bucket to which another process uploads sealed files: then only uploaded files are removed. Null: no archive.</summary>
    public UploadTarget? Archive { get; init; }

    /// <summary>Free disk space below which the oldest hours are removed; storage pauses until there is enough.</summary>
    public FreeDisk KeepFree { get; init; } = FreeDisk.Default;

    /// <summary>
    /// The losses so far. Stored in each file's metadata as netmon.loss.stage.reason; each change becomes a row in loss/. Called on any
    /// thread.
    /// </summary>
    public Func<IReadOnlyList<LossCounter>>? LossTotals { get; init; }

    /// <summary>Losses by cgroup, called after <see cref="LossTotals"/>; counters that are not listed have no division by cgroup. Called on any thread.</summary>
    public Func<IReadOnlyList<CgroupLoss>>? LossCgroups { get; init; }

    /// <summary>Returns the container of a cgroup; null if it has none or it is unknown. Called on any thread.</summary>
    public Func<ulong, ContainerIdentity?>? ContainerOf { get; init; }

    /// <summary>
    /// Called while a piece or an hour is sealed, once for each container without names, on the sealing thread. Returns the container
    /// with its names if they are known by now, else null.
    /// </summary>
    public Func<ContainerIdentity, ContainerIdentity?>? NamesOf { get; init; }

    /// <summary>
    /// Returns the node's own addresses as they appear in events. Called once a minute on the sink's thread; must not throw. Null: unknown.
    /// </summary>
    public Func<IReadOnlyList<string>>? NodeAddresses { get; init; }

    /// <summary>The current faults of each part of storage.</summary>
    public Faults Faults { get; init; } = new();

    /// <summary>Called during shutdown on the sink's thread, before losses are recorded for the last time. Returns when the other sinks have closed. Null: no other sinks.</summary>
    public Action? AwaitOthers { get; init; }

    /// <summary>The minimum number of events of pieces to sum up together. Keys repeat across pieces, and each is written once.</summary>
    internal long RollupEvents { get; init; } = 8 * 122_880;

    /// <summary>How often losses are checked.</summary>
    internal TimeSpan LossInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The minimum time between writes of changed owners.</summary>
    internal TimeSpan OwnersInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Time after the first reported owner. An owner from an earlier run that is not reported by then is considered gone.</summary>
    internal TimeSpan OwnersListedWithin { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a thread may be at one step at the stop before it is abandoned. Longer than any single step on a working disk and a CPU that is not starved.</summary>
    internal TimeSpan StopPatience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Called by the sealing thread whenever it makes progress.</summary>
    internal Action? Working { get; init; }

    /// <summary>Called before each step of a seal. A test that throws here simulates a crash at that point.</summary>
    internal Action<string>? SealStep { get; init; }
}

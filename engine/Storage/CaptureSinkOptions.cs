using NetMon.Events;
using NetMon.Foundation;
using NetMon.Storage.Uploads;

namespace NetMon.Storage;

/// <summary>What a <see cref="CaptureSink"/> needs to know.</summary>
public sealed record CaptureSinkOptions
{
    /// <summary>The folder that holds hot/, events/ and loss/; made if it is missing. All on one file system.</summary>
    public required string CaptureDirectory { get; init; }

    /// <summary>The node's name: the text of the node column and, made safe, the files' name.</summary>
    public required string Node { get; init; }

    /// <summary>This build's version, for the files' metadata.</summary>
    public required string AgentVersion { get; init; }

    /// <summary>The kernel's boot id, for the files' metadata.</summary>
    public required string BootId { get; init; }

    /// <summary>
    /// How old an event may be at the most before it survives a power cut: half of it may pass until the event is written
    /// to its segment, and the other half until fdatasync(2) begins.
    /// </summary>
    public TimeSpan DurableWithin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after its end an hour still takes rows before it is sealed.</summary>
    public TimeSpan ClockLateness { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes after which the next hot segment begins.</summary>
    public long SegmentBytes { get; init; } = Hot.HotLimits.SegmentBytes;

    /// <summary>
    /// Rows of a row group, 1 or more: as many as DuckDB gives to a thread at once. A hot segment ends before it has more, and becomes a piece.
    /// </summary>
    public int RowGroupRows { get; init; } = 122_880;

    /// <summary>How old an hour gets before it is removed; null: as old as it may.</summary>
    public TimeSpan? RetainFor { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How old an hour's roll-up gets before it is removed; null: as old as it may. Roll-ups do not count in <see cref="RetainBytes"/>. The owners of addresses stay as long.</summary>
    public TimeSpan? RetainRollups { get; init; } = TimeSpan.FromDays(400);

    /// <summary>Bytes that the capture directory may have before its oldest hour is removed; null: as many as there is room for.</summary>
    public long? RetainBytes { get; init; } = 10L << 30;

    /// <summary>How often retention looks at the capture directory when no hour is sealed meanwhile.</summary>
    public TimeSpan RetainEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>For how long the clock must have run without being set before anything is removed for its age.</summary>
    public TimeSpan ClockSteadyFor { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Where sealed files are uploaded to, by another process: then only what is marked as being there is removed; null: nowhere.</summary>
    public UploadTarget? Archive { get; init; }

    /// <summary>Free disk below which the oldest hours are removed, and storage pauses meanwhile.</summary>
    public FreeDisk KeepFree { get; init; } = FreeDisk.Default;

    /// <summary>
    /// What has been lost so far. Goes into each file's metadata as netmon.loss.stage.reason, and each change becomes a row of
    /// loss/. Any thread may ask it.
    /// </summary>
    public Func<IReadOnlyList<LossCounter>>? LossTotals { get; init; }

    /// <summary>How <see cref="LossTotals"/> divide by cgroup, asked after them; counters that are not listed don't. Any thread may ask it.</summary>
    public Func<IReadOnlyList<CgroupLoss>>? LossCgroups { get; init; }

    /// <summary>The container that such a cgroup is in, null where it is none or not known. Any thread may ask it.</summary>
    public Func<ulong, ContainerIdentity?>? ContainerOf { get; init; }

    /// <summary>
    /// Asked while a piece or an hour is sealed, once for each container without names, on the thread that seals: who knows them by
    /// now gives them, else null.
    /// </summary>
    public Func<ContainerIdentity, ContainerIdentity?>? NamesOf { get; init; }

    /// <summary>
    /// The node's own addresses as events have them, asked once a minute on the sink's thread; must not throw. Null: they are not known.
    /// </summary>
    public Func<IReadOnlyList<string>>? NodeAddresses { get; init; }

    /// <summary>Says of each part of storage when it fails.</summary>
    public Faults Faults { get; init; } = new();

    /// <summary>Called at the end, on the sink's thread, before losses are noted down for the last time: returns when the other outputs have ended. Null: there are none.</summary>
    public Action? AwaitOthers { get; init; }

    /// <summary>Events of pieces that are summed up together at least: their keys repeat, and each is written once.</summary>
    internal long RollupEvents { get; init; } = 8 * 122_880;

    /// <summary>How often losses are looked at.</summary>
    internal TimeSpan LossInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long after a change of owners the next one may be written.</summary>
    internal TimeSpan OwnersInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long after the first owner that is reported one of an earlier run that nobody reports is taken to be gone.</summary>
    internal TimeSpan OwnersListedWithin { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Called by the thread that seals wherever it has got on.</summary>
    internal Action? Working { get; init; }

    /// <summary>Told of each step of a seal before the next; a test that throws here is a crash at this point.</summary>
    internal Action<string>? SealStep { get; init; }
}

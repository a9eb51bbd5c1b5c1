namespace NetMon.Storage;

/// <summary>What a <see cref="ParquetSink"/> needs to know.</summary>
public sealed record ParquetSinkOptions
{
    /// <summary>The folder that holds events/ and hot/; made if it is missing. Both are on one file system.</summary>
    public required string CaptureDirectory { get; init; }

    /// <summary>The node's name: the text of the node column and, made safe, the files' name.</summary>
    public required string Node { get; init; }

    /// <summary>This build's version, for the files' metadata.</summary>
    public required string AgentVersion { get; init; }

    /// <summary>The kernel's boot id, for the files' metadata.</summary>
    public required string BootId { get; init; }

    /// <summary>
    /// Rows that are gathered in memory before they are written as a row group, 1 or more. 32,768 rows are 5 MB of
    /// buffers; twice as many made files 2.4 % smaller and half as many 2.5 % larger, at the same speed.
    /// </summary>
    public int RowGroupRows { get; init; } = 32_768;

    /// <summary>
    /// What has been lost so far, by "stage.reason"; goes into each file's metadata as netmon.loss.stage.reason.
    /// Called on the sink's thread when a file is sealed.
    /// </summary>
    public Func<IReadOnlyDictionary<string, string>>? LossTotals { get; init; }

    /// <summary>How long after its end an hour still takes rows before it is sealed.</summary>
    public TimeSpan ClockLateness { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Makes the names in a folder durable (fsync of the directory, for which .NET has no call); throws IOException
    /// when it can't. Without it the file is synced once more after its rename, which does the same on ext4 and XFS.
    /// </summary>
    public Action<string>? SyncFolder { get; init; }
}

namespace NetMon.Storage;

/// <summary>
/// The names in a capture directory, for everything that writes or reads one: agent, query and uploader. Paths are relative to
/// the directory and use '/'. <c>schemas/parquet.md</c>, <c>hot.md</c>, <c>rollup.md</c>, <c>owners.md</c> and <c>loss.md</c> document them.
/// </summary>
public static class CapturePaths
{
    /// <summary>The tier that is being written: Arrow segments and loss journals, by hour.</summary>
    public const string Hot = "hot";

    /// <summary>Sealed events, by hour.</summary>
    public const string Events = "events";

    /// <summary>Sums of sealed events, by hour.</summary>
    public const string Rollup = "rollup";

    /// <summary>Whose which address was, by hour.</summary>
    public const string Owners = "owners";

    /// <summary>Sealed losses, by date.</summary>
    public const string Loss = "loss";

    /// <summary>Marks of sealed files that are in a bucket, under the same path as the file.</summary>
    public const string Archived = "archived";

    /// <summary>Held by the agent while it writes here.</summary>
    public const string AgentLock = ".lock";

    /// <summary>Held by the uploader while it works here.</summary>
    public const string UploaderLock = ".archive.lock";

    /// <summary>An Arrow IPC stream in <see cref="Hot"/>.</summary>
    public const string SegmentExtension = ".arrows";

    /// <summary>A loss journal in <see cref="Hot"/>.</summary>
    public const string LossExtension = ".loss";

    /// <summary>A roll-up in <see cref="Hot"/>: a Parquet file, too.</summary>
    public const string RollupExtension = ".rollup";

    /// <summary>A file of owners in <see cref="Hot"/>: a Parquet file, too.</summary>
    public const string OwnersExtension = ".owners";

    /// <summary>A Parquet file: in <see cref="Events"/>, <see cref="Loss"/>, <see cref="Rollup"/> and <see cref="Owners"/> a sealed one, in <see cref="Hot"/> a piece.</summary>
    public const string SealedExtension = ".parquet";

    /// <summary>Added to the name of a piece that can't be read any more.</summary>
    public const string DamagedExtension = ".damaged";

    /// <summary>A Parquet file in <see cref="Hot"/> that is not complete yet.</summary>
    public const string PartialExtension = ".parquet.partial";

    /// <summary>A file in <see cref="Hot"/> with the time up to which a node's events are durable.</summary>
    public const string SeenExtension = ".seen";

    private const string DatePrefix = "date=";
    private const string HourPrefix = "hour=";

    /// <summary>True for the name of a folder that holds one date: date=2026-11-22.</summary>
    public static bool IsDate(string name) => name.StartsWith(DatePrefix, StringComparison.Ordinal);

    /// <summary>True for the name of a folder that holds one hour: hour=19.</summary>
    public static bool IsHour(string name) => name.StartsWith(HourPrefix, StringComparison.Ordinal);

    /// <summary>True for the name or path of an Arrow segment.</summary>
    public static bool IsSegment(string path) => path.EndsWith(SegmentExtension, StringComparison.Ordinal);

    /// <summary>True for the name or path of a loss journal.</summary>
    public static bool IsLossJournal(string path) => path.EndsWith(LossExtension, StringComparison.Ordinal);

    /// <summary>True for the name or path of a roll-up in <see cref="Hot"/>.</summary>
    public static bool IsHotRollup(string path) => path.EndsWith(RollupExtension, StringComparison.Ordinal);

    /// <summary>True for the name or path of a file of owners in <see cref="Hot"/>.</summary>
    public static bool IsHotOwners(string path) => path.EndsWith(OwnersExtension, StringComparison.Ordinal);

    /// <summary>True for the name or path of a sealed file.</summary>
    public static bool IsSealed(string path) => path.EndsWith(SealedExtension, StringComparison.Ordinal);

    /// <summary>True for the path of a piece: a Parquet file in hot/ with rows of an hour that is not sealed.</summary>
    public static bool IsPiece(string path) => IsSealed(path) && path.Split('/') is [.., Hot, var date, var hour, _] && IsDate(date) && IsHour(hour);

    /// <summary>True for the name or path of a piece that can't be read any more.</summary>
    public static bool IsDamaged(string path) => path.EndsWith(SealedExtension + DamagedExtension, StringComparison.Ordinal);

    /// <summary>True for the name or path of a file that was not completed.</summary>
    public static bool IsPartial(string path) => path.EndsWith(PartialExtension, StringComparison.Ordinal);

    /// <summary>True for the name or path of a file with the time up to which events are durable.</summary>
    public static bool IsSeen(string path) => path.EndsWith(SeenExtension, StringComparison.Ordinal);

    /// <summary>The last part of a path.</summary>
    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>
    /// The node of a file in <see cref="Hot"/>, as the file's name encodes it: NODE.RUN-NUMBER.EXTENSION, in which only the node
    /// may have dots. Null if the name has another form.
    /// </summary>
    public static string? NodeNameOf(string path, string extension)
    {
        var name = NameOf(path);
        var dot = name.EndsWith(extension, StringComparison.Ordinal) ? name.LastIndexOf('.', Math.Max(0, name.Length - extension.Length - 1)) : -1;
        return dot < 0 ? null : name[..dot];
    }

    internal static string HotFolder(Hour hour) => $"{Hot}/{hour.ToPartition()}";

    internal static string EventsFolder(Hour hour) => $"{Events}/{hour.ToPartition()}";

    internal static string RollupFolder(Hour hour) => $"{Rollup}/{hour.ToPartition()}";

    internal static string OwnersFolder(Hour hour) => $"{Owners}/{hour.ToPartition()}";

    internal static string LossFolder(Hour hour) => $"{Loss}/{hour.ToDatePartition()}";

    /// <summary>The hour of a date folder's last hour; false if the name is not a date's.</summary>
    internal static bool TryParseLastHour(string date, out Hour hour) => Hour.TryParsePartition($"{date}/{HourPrefix}23", out hour);
}

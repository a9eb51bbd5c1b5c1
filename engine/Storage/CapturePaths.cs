namespace NetMon.Storage;

/// <summary>
/// The names in a capture directory, shared by everything that writes or reads one: agent, query tool and uploader. Paths are relative
/// to the directory and use '/'. Documented in <c>schemas/parquet.md</c>, <c>hot.md</c>, <c>rollup.md</c>, <c>owners.md</c> and <c>loss.md</c>.
/// </summary>
public static class CapturePaths
{
    /// <summary>The current hour's data: Arrow segments, pieces and loss journals, by hour.</summary>
    public const string Hot = "hot";

    /// <summary>Sealed events, by hour.</summary>
    public const string Events = "events";

    /// <summary>Sums of sealed events, by hour.</summary>
    public const string Rollup = "rollup";

    /// <summary>Owners of addresses, by hour.</summary>
    public const string Owners = "owners";

    /// <summary>Sealed losses, by date.</summary>
    public const string Loss = "loss";

    /// <summary>Markers of sealed files that have been uploaded, at the same relative path as the file.</summary>
    public const string Archived = "archived";

    /// <summary>Locked by the agent while it writes to the directory.</summary>
    public const string AgentLock = ".lock";

    /// <summary>Locked by the uploader while it works in the directory.</summary>
    public const string UploaderLock = ".archive.lock";

    /// <summary>An Arrow IPC stream in <see cref="Hot"/>.</summary>
    public const string SegmentExtension = ".arrows";

    /// <summary>A loss journal in <see cref="Hot"/>.</summary>
    public const string LossExtension = ".loss";

    /// <summary>A roll-up in <see cref="Hot"/>, a Parquet file.</summary>
    public const string RollupExtension = ".rollup";

    /// <summary>A file of owners in <see cref="Hot"/>, a Parquet file.</summary>
    public const string OwnersExtension = ".owners";

    /// <summary>A Parquet file: sealed in <see cref="Events"/>, <see cref="Loss"/>, <see cref="Rollup"/> and <see cref="Owners"/>, a piece in <see cref="Hot"/>.</summary>
    public const string SealedExtension = ".parquet";

    /// <summary>Appended to the name of a piece that is corrupt.</summary>
    public const string DamagedExtension = ".damaged";

    /// <summary>An incomplete Parquet file in <see cref="Hot"/>.</summary>
    public const string PartialExtension = ".parquet.partial";

    /// <summary>A file in <see cref="Hot"/> that stores the time up to which a node's events are durable.</summary>
    public const string SeenExtension = ".seen";

    private const string DatePrefix = "date=";
    private const string HourPrefix = "hour=";

    /// <summary>Whether a folder's name denotes a date, such as date=2026-11-22.</summary>
    public static bool IsDate(string name) => name.StartsWith(DatePrefix, StringComparison.Ordinal);

    /// <summary>Whether a folder's name denotes an hour, such as hour=19.</summary>
    public static bool IsHour(string name) => name.StartsWith(HourPrefix, StringComparison.Ordinal);

    /// <summary>Whether a name or path denotes an Arrow segment.</summary>
    public static bool IsSegment(string path) => path.EndsWith(SegmentExtension, StringComparison.Ordinal);

    /// <summary>Whether a name or path denotes a loss journal.</summary>
    public static bool IsLossJournal(string path) => path.EndsWith(LossExtension, StringComparison.Ordinal);

    /// <summary>Whether a name or path denotes a roll-up in <see cref="Hot"/>.</summary>
    public static bool IsHotRollup(string path) => path.EndsWith(RollupExtension, StringComparison.Ordinal);

    /// <summary>Whether a name or path denotes a file of owners in <see cref="Hot"/>.</summary>
    public static bool IsHotOwners(string path) => path.EndsWith(OwnersExtension, StringComparison.Ordinal);

    /// <summary>Whether a name or path denotes a sealed file.</summary>
    public static bool IsSealed(string path) => path.EndsWith(SealedExtension, StringComparison.Ordinal);

    /// <summary>Whether a path denotes a piece: a Parquet file in hot/ with rows of an hour that is not sealed yet.</summary>
    public static bool IsPiece(string path) => IsSealed(path) && path.Split('/') is [.., Hot, var date, var hour, _] && IsDate(date) && IsHour(hour);

    /// <summary>Whether a name or path denotes a corrupt piece.</summary>
    public static bool IsDamaged(string path) => path.EndsWith(SealedExtension + DamagedExtension, StringComparison.Ordinal);

    /// <summary>Whether a name or path denotes an incomplete file.</summary>
    public static bool IsPartial(string path) => path.EndsWith(PartialExtension, StringComparison.Ordinal);

    /// <summary>Whether a name or path denotes a file that stores the time up to which events are durable.</summary>
    public static bool IsSeen(string path) => path.EndsWith(SeenExtension, StringComparison.Ordinal);

    /// <summary>Returns the last segment of a path.</summary>
    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>
    /// Returns the node that a file in <see cref="Hot"/> belongs to, as encoded in its name: NODE.RUN-NUMBER.EXTENSION, where only NODE
    /// may contain dots. Null if the name has a different form.
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

    /// <summary>Parses a date folder's name into the last hour of that date; false if it is not a date's name.</summary>
    internal static bool TryParseLastHour(string date, out Hour hour) => Hour.TryParsePartition($"{date}/{HourPrefix}23", out hour);
}

using System.Globalization;
using NetMon.Events.Columns;
using NetMon.Native;
using NetMon.Parquet.Reading;

namespace NetMon.Query.Files;

/// <summary>Checks each Parquet file that a question needs once before DuckDB reads it. Files that can't be read are left out and reported.</summary>
/// <param name="damaged">Files known to be corrupt, by path, with reasons.</param>
/// <param name="isRead">Whether the question reads a column of events.</param>
internal sealed class FileChecks(IReadOnlyDictionary<string, string> damaged, Func<string, bool> isRead)
{
    private readonly Dictionary<string, ReadableFile?> _checked = new(StringComparer.Ordinal);
    private readonly HashSet<string> _whole = new(StringComparer.Ordinal);
    private readonly List<LeftOut> _leftOut = [];

    /// <summary>Files that were left out, with reasons.</summary>
    public IReadOnlyList<LeftOut> LeftOut => _leftOut;

    /// <summary>Whether files have disappeared since they were listed, because their hour was sealed or removed.</summary>
    public bool IsStale { get; private set; }

    /// <summary>Checks files of events: sealed files and pieces.</summary>
    /// <param name="files">The files.</param>
    /// <param name="needsRows">Whether a file's rows are read. Then the page headers and filters of the columns read are verified, which DuckDB does not do.</param>
    public List<ReadableFile> Events(IEnumerable<HourFile> files, Func<HourFile, bool> needsRows) => Sound(files, Kind.Events, needsRows);

    public List<ReadableFile> Rollups(IEnumerable<HourFile> files) => Sound(files, Kind.Rollups, file => true);

    public List<ReadableFile> Owners(IEnumerable<HourFile> files) => Sound(files, Kind.Owners, file => true);

    public List<ReadableFile> Losses(IEnumerable<HourFile> files) => Sound(files, Kind.Losses, file => true);

    /// <summary>Reads a complete file and verifies its checksums.</summary>
    /// <exception cref="IOException">The file is corrupt or can't be read.</exception>
    public static void Verify(string path)
    {
        using var file = ParquetFile.Open(RegularFile.Open(path));
        for (var group = 0; group < file.RowGroups.Count; group++)
        {
            file.Verify(group);
        }
    }

    private List<ReadableFile> Sound(IEnumerable<HourFile> files, Kind kind, Func<HourFile, bool> needsRows)
    {
        List<ReadableFile> sound = [];
        foreach (var file in files)
        {
            var isRead = needsRows(file);
            if (!_checked.TryGetValue(file.Path, out var known) || (known is not null && isRead && !_whole.Contains(file.Path)))
            {
                known = _checked[file.Path] = Check(file, kind, isRead);
            }

            if (known is not null)
            {
                sound.Add(known);
            }
        }

        return sound;
    }

    private ReadableFile? Check(HourFile file, Kind kind, bool needsRows)
    {
        try
        {
            if (damaged.TryGetValue(file.Path, out var why))
            {
                return Refuse(why);
            }

            using var parquet = ParquetFile.Open(RegularFile.Open(file.Path));
            var version = parquet.Metadata.GetValueOrDefault(kind.VersionKey);
            if (int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > kind.Newest)
            {
                return Refuse($"a newer version wrote it ({kind.VersionKey} {version}; this version reads up to {kind.Newest}): use netmon query of that version");
            }

            if (needsRows)
            {
                parquet.VerifyHeaders(kind == Kind.Events ? isRead : column => true);
                _whole.Add(file.Path);
            }

            return new ReadableFile(file, parquet.Rows, parquet.Metadata, IsCurrent(parquet, kind.Columns));
        }
        catch (FileNotFoundException)
        {
            IsStale = true;
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return Refuse("permission denied: only its owner and group can read a capture, run as one of these");
        }
        catch (IOException e)
        {
            return Refuse(e.Message.Replace(file.Path, "it", StringComparison.Ordinal));
        }

        ReadableFile? Refuse(string why)
        {
            _leftOut.Add(new LeftOut(file.Path, why));
            return null;
        }
    }

    private static bool IsCurrent(ParquetFile file, IReadOnlyList<RelationColumn> columns) =>
        columns.All(column => file.IndexOf(column.Name) is var index and >= 0 && file.Columns[index].Kind == column.Kind);

    /// <summary>A kind of file: the metadata key of its version, the newest supported version, and that version's columns.</summary>
    private sealed record Kind(string VersionKey, int Newest, IReadOnlyList<RelationColumn> Columns)
    {
        public static readonly Kind Events = new("netmon.schema_version", EventColumns.SchemaVersion, RelationColumns.OfEventFiles);
        public static readonly Kind Rollups = new("netmon.rollup_version", 1, RelationColumns.OfRollupFiles);
        public static readonly Kind Owners = new("netmon.owners_version", 1, RelationColumns.OfOwnerFiles);
        public static readonly Kind Losses = new("netmon.loss_schema_version", 2, RelationColumns.Of(Relation.Loss));
    }
}

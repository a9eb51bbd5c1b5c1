using System.Globalization;
using NetMon.Events.Columns;
using NetMon.Native;
using NetMon.Parquet.Reading;

namespace NetMon.Query.Files;

/// <summary>Looks at each Parquet file that a question needs, once, before DuckDB does: what can't be read is left out and named.</summary>
internal sealed class FileChecks(IReadOnlyDictionary<string, string> damaged)
{
    private const int RollupVersion = 1;
    private const int LossVersion = 2;
    private readonly Dictionary<string, ReadableFile?> _checked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _whole = new(StringComparer.Ordinal);
    private readonly List<LeftOut> _leftOut = [];

    /// <summary>Files that were left out, and why.</summary>
    public IReadOnlyList<LeftOut> LeftOut => _leftOut;

    /// <summary>Files that went away between the listing and now: their hour has been sealed or removed.</summary>
    public bool IsStale { get; private set; }

    /// <summary>Files of events: sealed ones and pieces.</summary>
    public List<ReadableFile> Events(IEnumerable<HourFile> files) => Sound(files, "netmon.schema_version", EventColumns.SchemaVersion, RelationColumns.OfEventFiles);

    public List<ReadableFile> Rollups(IEnumerable<HourFile> files) => [.. Whole(Sound(files, "netmon.rollup_version", RollupVersion, RelationColumns.OfRollupFiles))];

    public List<ReadableFile> Losses(IEnumerable<HourFile> files) => [.. Whole(Sound(files, "netmon.loss_schema_version", LossVersion, RelationColumns.Of(Relation.Loss)))];

    /// <summary>Those of which no page's header and no filter has changed: DuckDB would not notice. For files whose rows are read.</summary>
    public IEnumerable<ReadableFile> Whole(IEnumerable<ReadableFile> files)
    {
        foreach (var file in files)
        {
            var path = file.File.Path;
            if (!_whole.TryGetValue(path, out var isWhole))
            {
                isWhole = _whole[path] = IsWhole(path);
            }

            if (isWhole)
            {
                yield return file;
            }
        }
    }

    /// <summary>Reads all of a file and checks it against the checksums that it has.</summary>
    /// <exception cref="IOException">It is damaged, or can't be read.</exception>
    public static void Verify(string path)
    {
        using var file = ParquetFile.Open(RegularFile.Open(path));
        for (var group = 0; group < file.RowGroups.Count; group++)
        {
            file.Verify(group);
        }
    }

    private List<ReadableFile> Sound(IEnumerable<HourFile> files, string versionKey, int newest, IReadOnlyList<RelationColumn> columns)
    {
        List<ReadableFile> sound = [];
        foreach (var file in files)
        {
            if (!_checked.TryGetValue(file.Path, out var known))
            {
                known = _checked[file.Path] = Check(file, versionKey, newest, columns);
            }

            if (known is not null)
            {
                sound.Add(known);
            }
        }

        return sound;
    }

    private ReadableFile? Check(HourFile file, string versionKey, int newest, IReadOnlyList<RelationColumn> columns)
    {
        try
        {
            if (damaged.TryGetValue(file.Path, out var why))
            {
                return Refuse(why);
            }

            using var parquet = ParquetFile.Open(RegularFile.Open(file.Path));
            var version = parquet.Metadata.GetValueOrDefault(versionKey);
            return int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > newest
                ? Refuse($"a newer version wrote it ({versionKey} {version}, this one reads up to {newest}): use that version's netmon query")
                : new ReadableFile(file, parquet.Rows, parquet.Metadata, IsCurrent(parquet, columns));
        }
        catch (FileNotFoundException)
        {
            IsStale = true;
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return Refuse("permission denied: a capture is readable by its owner and group only, run as one of these");
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

    private bool IsWhole(string path)
    {
        try
        {
            using var file = ParquetFile.Open(RegularFile.Open(path));
            file.VerifyHeaders();
            return true;
        }
        catch (FileNotFoundException)
        {
            IsStale = true;
        }
        catch (IOException e)
        {
            _leftOut.Add(new LeftOut(path, e.Message.Replace(path, "it", StringComparison.Ordinal)));
        }

        return false;
    }

    private static bool IsCurrent(ParquetFile file, IReadOnlyList<RelationColumn> columns) =>
        columns.All(column => file.IndexOf(column.Name) is var index and >= 0 && file.Columns[index].Kind == column.Kind);
}

using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using NetMon.Foundation;
using NetMon.Native;
using NetMon.Parquet;
using NetMon.Parquet.Reading;
using NetMon.Storage.Rollups;

namespace NetMon.Storage.Owners;

/// <summary>Writes and reads a file of owners.</summary>
internal static class OwnerFile
{
    private const int NanosecondDigits = 9;

    /// <summary>Bounds memory; more than an agent writes.</summary>
    private const int MostRows = 2 * OwnerTable.Most;

    private static readonly ColumnDefinition[] Places = [.. OwnerSchema.Columns];

    /// <summary>Writes a file; it is durable when this returns.</summary>
    /// <param name="file">Empty; ownership is transferred.</param>
    /// <param name="rows">At least one, in the order in which to write them.</param>
    /// <param name="known">The time up to which the owners are known, Unix nanoseconds.</param>
    /// <param name="options">For the metadata.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static void Write(SafeFileHandle file, IReadOnlyList<OwnerRange> rows, long known, CaptureSinkOptions options)
    {
        using var stream = new BufferedFile(file);
        using var group = new RowGroupWriter();
        var parquet = new ParquetFileWriter(stream, OwnerSchema.Columns, group);
        _ = parquet.BeginRowGroup(rows.Count);
        WriteTexts(group, OwnerSchema.Address, rows, row => row.Address);
        WriteTexts(group, OwnerSchema.Node, rows, _ => options.Node);
        WriteTexts(group, OwnerSchema.PodName, rows, row => row.Name.PodName);
        WriteTexts(group, OwnerSchema.PodNamespace, rows, row => row.Name.PodNamespace);
        WriteTexts(group, OwnerSchema.PodUid, rows, row => row.Name.PodUid);
        WriteTexts(group, OwnerSchema.Workload, rows, row => row.Name.Workload);
        WriteTexts(group, OwnerSchema.WorkloadKind, rows, row => row.Name.WorkloadKind);
        group.WriteFlags(OwnerSchema.HostNetwork, PresenceOf(rows, row => row.Name.IsNode));
        group.WriteNumbers(OwnerSchema.From, [.. rows.Select(row => row.From)], null);
        group.WriteNumbers(OwnerSchema.To, [.. rows.Select(row => row.To).OfType<long>()], PresenceOf(rows, row => row.To is not null));
        parquet.EndRowGroup();
        parquet.Complete(
            new Dictionary<string, string>
            {
                [OwnerSchema.VersionKey] = OwnerSchema.Version,
                ["netmon.agent_version"] = options.AgentVersion,
                [FileMetadata.NodeKey] = options.Node,
                ["netmon.boot_id"] = options.BootId,
                [FileMetadata.LastKey] = Rfc3339.Format(known, NanosecondDigits),
            },
            FileMetadata.CreatedBy(options.AgentVersion));
        ContainedFolder.SyncData(stream.File);
    }

    /// <summary>Reads a file; null if it belongs to another node.</summary>
    /// <param name="file">Ownership is transferred.</param>
    /// <param name="node">The node.</param>
    /// <exception cref="DamagedFileException">The file is corrupt or has another version.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static (List<OwnerRange> Rows, long Known)? Read(SafeFileHandle file, string node)
    {
        using var parquet = ParquetFile.Open(file);
        if (parquet.Metadata.GetValueOrDefault(OwnerSchema.VersionKey) != OwnerSchema.Version || !parquet.HasColumns(OwnerSchema.Columns) || parquet.Rows > MostRows)
        {
            throw new DamagedFileException("it is not an owner file of this version");
        }

        if (parquet.Metadata.GetValueOrDefault(FileMetadata.NodeKey) != node)
        {
            return null;
        }

        if (!DateTimeOffset.TryParse(parquet.Metadata.GetValueOrDefault(FileMetadata.LastKey), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var known))
        {
            throw new DamagedFileException("its end time is missing");
        }

        using var reader = new ColumnReader();
        List<OwnerRange> rows = [];
        for (var group = 0; group < parquet.RowGroups.Count; group++)
        {
            rows.AddRange(ReadGroup(parquet, group, reader));
        }

        return (rows, (known - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);
    }

    private static List<OwnerRange> ReadGroup(ParquetFile file, int group, ColumnReader reader)
    {
        var rows = file.RowGroups[group].Rows;
        StoredColumn[] columns = [.. OwnerSchema.Columns.Select(_ => new StoredColumn())];
        for (var column = 0; column < columns.Length; column++)
        {
            reader.Read(file, group, column);
            columns[column].Take(reader, rows);
        }

        return [.. Enumerable.Range(0, rows).Select(row => new OwnerRange(
            Text(OwnerSchema.Address, row),
            new OwnerName(Text(OwnerSchema.PodName, row), Text(OwnerSchema.PodNamespace, row), Text(OwnerSchema.PodUid, row), Text(OwnerSchema.Workload, row), Text(OwnerSchema.WorkloadKind, row)),
            Of(OwnerSchema.From).Number(row),
            Of(OwnerSchema.To).IsNull(row) ? null : Of(OwnerSchema.To).Number(row)))];

        StoredColumn Of(ColumnDefinition column) => columns[Array.IndexOf(Places, column)];

        string Text(ColumnDefinition column, int row) => Encoding.UTF8.GetString(Of(column).Text(row));
    }

    /// <summary>Writes empty texts as null if the column is nullable.</summary>
    private static void WriteTexts(RowGroupWriter group, ColumnDefinition column, IReadOnlyList<OwnerRange> rows, Func<OwnerRange, string> of)
    {
        var texts = new DistinctTexts();
        uint[] indices = [.. rows.Select(of).Where(text => !column.IsOptional || text.Length > 0).Select(texts.IndexOf)];
        group.WriteTexts(column, indices, texts.Texts, column.IsOptional ? PresenceOf(rows, row => of(row).Length > 0) : null);
    }

    private static Presence PresenceOf(IReadOnlyList<OwnerRange> rows, Func<OwnerRange, bool> isThere)
    {
        var presence = new Presence();
        presence.Settle([.. rows.Select(row => isThere(row) ? 1u : 0)]);
        return presence;
    }
}

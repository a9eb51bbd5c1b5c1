using DuckDB.NET.Data;
using DuckDB.NET.Data.DataChunk.Writer;
using NetMon.Events.Columns;

namespace NetMon.Query.Hot;

/// <summary>The segments as a DuckDB table function, with the columns of the sealed files.</summary>
internal static class HotTable
{
    private static readonly (ColumnInfo Column, Action<HotCursor, IDuckDBDataWriter, ulong> Write)[] Columns = [.. EventColumns.All.Select(Of)];

    /// <summary>The column with a row's index in its batch.</summary>
    public const string RowNumber = "netmon_row";

    private static readonly (ColumnInfo Column, Action<HotCursor, IDuckDBDataWriter, ulong> Write)[] NumberedColumns =
        [.. Columns, (new ColumnInfo(RowNumber, typeof(int)), (row, to, at) => to.WriteValue(row.Row, at))];

    /// <summary>Registers the function under a name; each scan requests the rows again.</summary>
    public static void Register(DuckDBConnection connection, string name, Func<IEnumerable<HotCursor>> rows) => Register(connection, name, rows, Columns);

    /// <summary>Registers the function under a name, with the additional column <see cref="RowNumber"/>.</summary>
    public static void RegisterNumbered(DuckDBConnection connection, string name, Func<IEnumerable<HotCursor>> rows) => Register(connection, name, rows, NumberedColumns);

    private static void Register(
        DuckDBConnection connection, string name, Func<IEnumerable<HotCursor>> rows, (ColumnInfo Column, Action<HotCursor, IDuckDBDataWriter, ulong> Write)[] columns)
    {
        ColumnInfo[] infos = [.. columns.Select(column => column.Column)];
#pragma warning disable DuckDBNET001 // The library calls its table functions experimental.
        connection.RegisterTableFunction(name, () => new TableFunction(infos, rows()), Write);
#pragma warning restore DuckDBNET001

        void Write(object? row, IDuckDBDataWriter[] writers, ulong at)
        {
            var cursor = (HotCursor)row!;
            for (var column = 0; column < writers.Length; column++)
            {
                if (!Discards(writers[column]))
                {
                    columns[column].Write(cursor, writers[column], at);
                }
            }
        }
    }

    /// <summary>
    /// Whether the query does not use the column: the library has a writer for these that discards values. If the library renames it,
    /// unused values are computed, but the result stays correct.
    /// </summary>
    private static bool Discards(IDuckDBDataWriter writer) => DiscardingType is { } known ? writer.GetType() == known : LooksDiscarding(writer);

    private static Type? DiscardingType { get; set; }

    private static bool LooksDiscarding(IDuckDBDataWriter writer)
    {
        if (writer.GetType().Name != "NullDataWriter")
        {
            return false;
        }

        DiscardingType = writer.GetType();
        return true;
    }

    private static (ColumnInfo, Action<HotCursor, IDuckDBDataWriter, ulong>) Of(EventColumn column) => column switch
    {
        TimeColumn => Of<DateTime>(column, (row, to, at) => to.WriteValue(row.Time, at)),
        NodeColumn => Of<string>(column, (row, to, at) => to.WriteValue(row.Node, at)),
        WordColumn words => Of<string>(column, (row, to, at) => to.WriteValue(words.Words[words.IndexOf(row.Facts)], at)),
        AddressColumn addresses => Of<string>(column, (row, to, at) => to.WriteValue(row.Address(addresses.Address), at)),
        FlagColumn => Of<bool>(column, (_, to, at) => to.WriteValue(true, at)),
        ProcessColumn processes => Of<string>(column, (row, to, at) => to.WriteValue(row.Process(processes.Process), at)),
        ContainerColumn container => OfIdentity(container, row => row.Container),
        PeerColumn peer => OfIdentity(peer, row => row.Peer),
        NumberColumn { Type: ColumnType.Int32 } numbers => Of<int>(column, (row, to, at) => to.WriteValue((int)ValueOf(numbers, row), at)),
        NumberColumn numbers => Of<long>(column, (row, to, at) => to.WriteValue(ValueOf(numbers, row), at)),
        _ => throw new InvalidOperationException($"{column.Name}: the query has no such kind of column"),
    };

    private static long ValueOf(NumberColumn column, HotCursor row) => column.ValueOf(row.Number(column.Number));

    private static (ColumnInfo, Action<HotCursor, IDuckDBDataWriter, ulong>) Of<T>(EventColumn column, Action<HotCursor, IDuckDBDataWriter, ulong> write) => (
        new ColumnInfo(column.Name, typeof(T)),
        column.Rows == ColumnRows.All ? write : (row, to, at) =>
        {
            if (column.Rows.Has(row.Facts))
            {
                write(row, to, at);
            }
            else
            {
                to.WriteNull(at);
            }
        }
    );

    private static (ColumnInfo, Action<HotCursor, IDuckDBDataWriter, ulong>) OfIdentity<T>(IdentityColumn<T> column, Func<HotCursor, T?> identityOf)
        where T : class => (
        new ColumnInfo(column.Name, typeof(string)),
        (row, to, at) =>
        {
            if (identityOf(row) is { } identity && !column.IsNull(identity))
            {
                to.WriteValue(column.TextOf(identity), at);
            }
            else
            {
                to.WriteNull(at);
            }
        }
    );
}

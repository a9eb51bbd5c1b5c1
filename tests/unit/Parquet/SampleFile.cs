using System.Globalization;
using NetMon.Parquet;
using NetMon.Parquet.Reading;

namespace NetMon.UnitTests.Parquet;

/// <summary>A file with every kind of column in every encoding that the writer uses, and its expected values.</summary>
internal static class SampleFile
{
    public static readonly ColumnDefinition Time = new("time", ColumnKind.Timestamp);
    public static readonly ColumnDefinition Delta = new("delta", ColumnKind.Int64);
    public static readonly ColumnDefinition Delta32 = new("delta32", ColumnKind.Int32, IsOptional: true);
    public static readonly ColumnDefinition Plain = new("plain", ColumnKind.Int64, IsOptional: true, IsPlain: true);
    public static readonly ColumnDefinition Plain32 = new("plain32", ColumnKind.Int32, IsPlain: true);
    public static readonly ColumnDefinition Few = new("few", ColumnKind.Int64);
    public static readonly ColumnDefinition Flag = new("flag", ColumnKind.Boolean, IsOptional: true);
    public static readonly ColumnDefinition Text = new("text", ColumnKind.Text, IsSearched: true);
    public static readonly ColumnDefinition MaybeText = new("maybe", ColumnKind.Text, IsOptional: true, IsSearched: true);
    public static readonly ColumnDefinition Never = new("never", ColumnKind.Text, IsOptional: true);

    public static readonly ColumnDefinition[] Columns = [Time, Delta, Delta32, Plain, Plain32, Few, Flag, Text, MaybeText, Never];

    public static void Write(string path, int rows, int groups, int seed)
    {
        using var stream = new BufferedFile(File.OpenHandle(path, FileMode.Create, FileAccess.Write));
        using var group = new RowGroupWriter();
        var file = new ParquetFileWriter(stream, Columns, group);
        for (var n = 0; n < groups; n++)
        {
            WriteGroup(file, rows, seed + n);
        }

        file.Complete(new Dictionary<string, string> { ["key"] = "value", ["netmon.segments"] = "a.arrows,b.arrows" }, "netmon version 1");
    }

    public static Presence Presence(int rows, Func<int, bool> isPresent)
    {
        var presence = new Presence();
        presence.Settle([.. Enumerable.Range(0, rows).Select(row => isPresent(row) ? 1u : 0)]);
        return presence;
    }

    public static ParquetFile Open(string path) => ParquetFile.Open(File.OpenHandle(path));

    /// <summary>A column's values in a row group, nulls included: numbers, texts, flags as 1.</summary>
    public static List<object?> Values(ColumnReader reader, ParquetFile file, int group, int column)
    {
        reader.Read(file, group, column);
        var rows = file.RowGroups[group].Rows;
        var values = new object?[rows];
        for (var n = 0; n < (reader.Presence?.Count ?? rows); n++)
        {
            var row = reader.RowOf(n);
            values[row] = file.Columns[column].Kind == ColumnKind.Text
                ? System.Text.Encoding.UTF8.GetString(reader.Texts[(int)reader.Indices[n]])
                : reader.Numbers[n];
        }

        return [.. values];
    }

    /// <summary>All values read by DuckDB, in the same shape: a list per column.</summary>
    public static List<List<object?>> ByDuckDb(string path)
    {
        var rows = Storage.DuckDb.Query(
            $"SELECT epoch_us(time), delta, delta32::BIGINT, plain, plain32::BIGINT, few, flag::BIGINT, text, maybe, never FROM '{path}'");
        return [.. Enumerable.Range(0, Columns.Length).Select(column => rows.ConvertAll(row => row[column]))];
    }

    private static void WriteGroup(ParquetFileWriter file, int rows, int seed)
    {
        var random = new Random(seed);
        var group = file.BeginRowGroup(rows);
        group.WriteNumbers(Time, Numbers(rows, n => 1_764_000_000_000_000 + n * 997L + random.Next(500)), null);
        group.WriteNumbers(Delta, Numbers(rows, n => n == 3 ? long.MinValue : n == 4 ? long.MaxValue : random.NextInt64()), null);
        var some = Presence(rows, row => (row * 7 + seed) % 5 != 0);
        group.WriteNumbers(Delta32, Numbers(some.Count, n => n == 3 ? int.MinValue : n == 4 ? int.MaxValue : n * 3 + random.Next(40_000)), some);
        group.WriteNumbers(Plain, Numbers(some.Count, _ => random.NextInt64(1L << 40)), some);
        group.WriteNumbers(Plain32, Numbers(rows, _ => random.Next(int.MinValue, int.MaxValue)), null);
        group.WriteNumbers(Few, Numbers(rows, n => n / 50 % 3 == 0 ? 4026531840 : random.Next(5) - 2L), null);
        group.WriteFlags(Flag, Presence(rows, row => row % 9 == 1));
        var texts = new PlainTexts();
        var different = Math.Min(rows, 300);
        for (var n = 0; n < different; n++)
        {
            texts.Add(n == 1 ? "" : "10.0." + (n * 77 % 1000).ToString(CultureInfo.InvariantCulture) + (n % 3 == 0 ? "😀" : ""));
        }

        group.WriteTexts(Text, Indices(rows, different, random), texts, null);
        var maybe = Presence(rows, row => row % 4 != 0 || row == 0);
        var one = new PlainTexts();
        one.Add("only");
        group.WriteTexts(MaybeText, Indices(maybe.Count, 1, random), one, maybe);
        group.WriteTexts(Never, [], new PlainTexts(), Presence(rows, _ => false));
        file.EndRowGroup();
    }

    private static long[] Numbers(int count, Func<int, long> number) => [.. Enumerable.Range(0, count).Select(number)];

    private static uint[] Indices(int count, int different, Random random) =>
        [.. Enumerable.Range(0, count).Select(n => n < different ? (uint)n : (uint)random.Next(different))];
}

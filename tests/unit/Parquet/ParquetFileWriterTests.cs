using System.Globalization;
using CsCheck;
using NetMon.Parquet;
using NetMon.UnitTests.Storage;
using ParquetSharp;
using Xunit;
using ParquetFileWriter = NetMon.Parquet.ParquetFileWriter;
using RowGroupWriter = NetMon.Parquet.RowGroupWriter;

namespace NetMon.UnitTests.Parquet;

/// <summary>Written values read back by two independent readers: DuckDB and Apache Arrow (ParquetSharp).</summary>
public sealed class ParquetFileWriterTests : IDisposable
{
    private static readonly Gen<long> AnyNumber = Gen.OneOf(
        Gen.Long, Gen.Long[-3, 3], Gen.Long[0, 70_000], Gen.Int.Select(n => (long)n), One(long.MinValue, long.MaxValue, 0L, int.MaxValue + 1L, -1L));

    private static readonly Gen<long[]> AnyNumbers = Gen.OneOf(
        AnyNumber.Array[1, 600],
        Gen.Select(AnyNumber, Gen.Int[1, 600]).Select((value, count) => Enumerable.Repeat(value, count).ToArray()),
        Gen.Select(AnyNumber.Array[2, 20], Gen.Int[1, 80]).Select((values, count) => values.SelectMany(value => Enumerable.Repeat(value, count)).ToArray()),
        Gen.Select(Gen.Long, Gen.Int[1, 2000]).Select((from, count) => Enumerable.Range(0, count).Select(n => from + 1000L * n).ToArray()),
        Gen.Int[257, 3000].Select(count => Enumerable.Range(0, count).Select(n => n % 300 * 0x1_0001_0001L).ToArray()));

    private readonly string _folder = Directory.CreateTempSubdirectory("netmon-parquet-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "a.parquet");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(nameof(ColumnKind.Int32))]
    [InlineData(nameof(ColumnKind.Int64))]
    [InlineData(nameof(ColumnKind.Timestamp))]
    public void Numbers_are_read_back_with_correct_bounds(string kindName)
    {
        var kind = Enum.Parse<ColumnKind>(kindName);
        AnyNumbers.Sample(
            values =>
            {
                // Microseconds of a month stay within the range that DuckDB prints.
                values = kind == ColumnKind.Timestamp ? [.. values.Select(value => Math.Abs(value % 2_600_000_000_000))] : [.. values.Select(value => unchecked((long)Shown(kind, value)))];
                var optional = new ColumnDefinition("o", kind, IsOptional: true);
                var required = new ColumnDefinition("r", kind);
                var presence = SampleFile.Presence(values.Length, row => (row * 7 + values.Length) % 5 != 0);
                long[] present = [.. presence.Rows.ToArray().Select(row => values[row])];
                Write([required, optional], values.Length, group =>
                {
                    group.WriteNumbers(required, values, null);
                    group.WriteNumbers(optional, present, presence);
                });

                var all = values.Select(value => Shown(kind, value)).ToList();
                var rows = DuckDb.Query($"SELECT {Number("r", kind)}, {Number("o", kind)} FROM '{Path}'");
                Assert.Equal(all, rows.Select(row => Integer(row[0])));
                Assert.Equal(present.Select(value => Shown(kind, value)), rows.Where(row => row[1] is not null).Select(row => Integer(row[1])));
                Assert.Equal([.. presence.Rows], Enumerable.Range(0, values.Length).Where(row => rows[row][1] is not null));
                Assert.Equal(all, ReadByArrow(0, kind).Select(Integer));
                var bounds = DuckDb.Query($"SELECT stats_min_value, stats_max_value, stats_null_count FROM parquet_metadata('{Path}') ORDER BY column_id");
                if (kind != ColumnKind.Timestamp)
                {
                    Assert.Equal([all.Min(), all.Max()], bounds[0][..2].Select(Integer));
                }

                Assert.Equal((long)values.Length - present.Length, bounds[1][2]);
            },
            iter: 40, threads: 1);
    }

    [Fact]
    public void Flags_are_read_back()
    {
        Gen.Select(Gen.Int[1, 3000], Gen.Int[1, 20]).Sample(
            (rows, every) =>
            {
                var column = new ColumnDefinition("f", ColumnKind.Boolean, IsOptional: true);
                var presence = SampleFile.Presence(rows, row => row % every == 1);
                Write([column], rows, group => group.WriteFlags(column, presence));

                var expected = Enumerable.Range(0, rows).Select(row => row % every == 1 ? (object)true : null).ToList();
                Assert.Equal(expected, DuckDb.Query($"SELECT f FROM '{Path}'").Select(row => row[0]));
                Assert.Equal(expected, ReadByArrow(0, ColumnKind.Boolean));
                Assert.Equal([(long)presence.Count], DuckDb.Query($"SELECT count(*) FROM '{Path}' WHERE f")[0]);
            },
            iter: 40, threads: 1);
    }

    [Fact]
    public void Texts_are_read_back_for_any_dictionary_size()
    {
        Gen.Select(One(1, 2, 3, 4, 5, 16, 17, 255, 256, 257, 5000), Gen.Int[1, 6000], Gen.Int).Sample(
            (different, rows, seed) =>
            {
                different = Math.Min(different, rows);
                var column = new ColumnDefinition("t", ColumnKind.Text);
                var optional = new ColumnDefinition("o", ColumnKind.Text, IsOptional: true);
                var texts = new PlainTexts();
                for (var n = 0; n < different; n++)
                {
                    texts.Add(n % 3 == 0 ? $"😀{n}" : n == 1 ? "" : new string('x', n % 100) + n.ToString(CultureInfo.InvariantCulture));
                }

                var random = new Random(seed);
                uint[] indices = [.. Enumerable.Range(0, rows).Select(row => row < different ? (uint)row : (uint)random.Next(different))];
                var none = SampleFile.Presence(rows, _ => false);
                Write([column, optional], rows, group =>
                {
                    group.WriteTexts(column, indices, texts, null);
                    group.WriteTexts(optional, [], new PlainTexts(), none);
                });

                var expected = indices.Select(index => Text((int)index)).ToList();
                Assert.Equal(expected, DuckDb.Query($"SELECT t FROM '{Path}'").Select(row => (string)row[0]!));
                Assert.Equal(expected, ReadByArrow(0, ColumnKind.Text).Select(value => (string)value!));
                Assert.Equal([0L], DuckDb.Query($"SELECT count(o) FROM '{Path}'")[0]);
            },
            iter: 60, threads: 1);

        static string Text(int n) => n % 3 == 0 ? $"😀{n}" : n == 1 ? "" : new string('x', n % 100) + n.ToString(CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Row_groups_many_columns_and_metadata_are_read_back()
    {
        ColumnDefinition[] columns = [.. Enumerable.Range(0, 40).Select(n => new ColumnDefinition($"column_{n}", ColumnKind.Int64))];
        using (var stream = new BufferedFile(File.OpenHandle(Path, FileMode.Create, FileAccess.Write)))
        {
            using var group = new RowGroupWriter();
            var file = new ParquetFileWriter(stream, columns, group);
            for (var n = 0; n < 20; n++)
            {
                file.BeginRowGroup(100);
                foreach (var column in columns)
                {
                    group.WriteNumbers(column, [.. Enumerable.Range(0, 100).Select(row => (long)n * 100 + row)], null);
                }

                file.EndRowGroup();
            }

            file.Complete(Enumerable.Range(0, 30).ToDictionary(n => $"key{n}", n => new string('v', n * 100)), "netmon version 1");
        }

        Assert.Equal([2000L, 1999L], DuckDb.Query($"SELECT count(*), max(column_39) FROM '{Path}'")[0]);
        Assert.Equal([20L, "netmon version 1"], DuckDb.Query($"SELECT num_row_groups, created_by FROM parquet_file_metadata('{Path}')")[0]);
        Assert.Equal(30, DuckDb.Query($"SELECT key, value FROM parquet_kv_metadata('{Path}') WHERE decode(key) LIKE 'key%'").Count);
        Assert.Equal(100L, DuckDb.Query($"SELECT count(*) FROM '{Path}' WHERE column_7 BETWEEN 500 AND 599")[0][0]);
    }

    [Fact]
    public void A_column_out_of_order_or_missing_is_refused()
    {
        var (first, second) = (new ColumnDefinition("a", ColumnKind.Int32), new ColumnDefinition("b", ColumnKind.Int32));

        Assert.Throws<InvalidOperationException>(() => Write([first, second], 1, group => group.WriteNumbers(first, [1], null)));
        Assert.Throws<InvalidOperationException>(() => Write([first, second], 1, group => group.WriteNumbers(second, [1], null)));
    }

    private static Gen<T> One<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static string Number(string column, ColumnKind kind) => kind == ColumnKind.Timestamp ? $"epoch_us({column})" : column;

    private static Int128 Shown(ColumnKind kind, long value) => kind switch
    {
        ColumnKind.Int32 => (int)value,
        _ => value,
    };

    private static Int128 Integer(object? value) => Int128.Parse(Convert.ToString(value, CultureInfo.InvariantCulture)!, CultureInfo.InvariantCulture);

    private void Write(IReadOnlyList<ColumnDefinition> columns, int rows, Action<RowGroupWriter> write)
    {
        using var stream = new BufferedFile(File.OpenHandle(Path, FileMode.Create, FileAccess.Write));
        using var group = new RowGroupWriter();
        var file = new ParquetFileWriter(stream, columns, group);
        write(file.BeginRowGroup(rows));
        file.EndRowGroup();
        file.Complete(new Dictionary<string, string>(), "netmon version 1");
    }

    /// <summary>The values of the first row group, by Apache Arrow's reader.</summary>
    private List<object?> ReadByArrow(int column, ColumnKind kind)
    {
        using var file = new ParquetFileReader(Path);
        using var group = file.RowGroup(0);
        using var chunk = group.Column(column);
        return kind switch
        {
            ColumnKind.Int32 => Read<int>(),
            ColumnKind.Int64 => Read<long>(),
            ColumnKind.Boolean => Read<bool?>(),
            ColumnKind.Timestamp => [.. Read<DateTime>().Select(time => (object?)((((DateTime)time!).Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond))],
            _ => Read<string>(),
        };

        List<object?> Read<T>()
        {
            using var values = chunk.LogicalReader<T>();
            return [.. values.ReadAll((int)group.MetaData.NumRows).Cast<object?>()];
        }
    }
}

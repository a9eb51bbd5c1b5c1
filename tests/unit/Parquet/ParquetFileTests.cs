using NetMon.Parquet;
using NetMon.Parquet.Reading;
using Parquet;
using Xunit;
using ParquetFileWriter = NetMon.Parquet.ParquetFileWriter;

namespace NetMon.UnitTests.Parquet;

/// <summary>Files read back as they were written; other readers read copied row groups, too.</summary>
public sealed class ParquetFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("netmon-parquet-").FullName;

    private string Original => Path.Combine(_folder, "a.parquet");

    private string Copy => Path.Combine(_folder, "b.parquet");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(33)]
    [InlineData(300)]
    [InlineData(20_000)]
    public void Every_kind_and_encoding_is_read_back(int rows)
    {
        SampleFile.Write(Original, rows, groups: 1, seed: rows);
        using var file = SampleFile.Open(Original);
        using var reader = new ColumnReader();

        Assert.Equal(rows, file.Rows);
        Assert.Equal("value", file.Metadata["key"]);
        Assert.Equal(SampleFile.Columns.Select(column => (column.Name, column.Kind, column.IsOptional)), file.Columns.Select(column => (column.Name, column.Kind, column.IsOptional)));
        file.Verify(0);
        var expected = SampleFile.ByDuckDb(Original);
        for (var column = 0; column < expected.Count; column++)
        {
            Assert.Equal(expected[column], SampleFile.Values(reader, file, 0, column));
        }

        if (rows > 1000)
        {
            Assert.Equal(
                [0, 5, 5, 0, 0, 8, 0, 8, 8, 0], // PLAIN, DELTA_BINARY_PACKED, RLE_DICTIONARY
                file.RowGroups[0].Chunks.Select(chunk => chunk.Pages.Encoding));
        }
    }

    [Fact]
    public async Task Other_readers_read_copied_row_groups_with_their_bounds_and_filters()
    {
        SampleFile.Write(Original, 3000, groups: 3, seed: 1);
        using (var source = SampleFile.Open(Original))
        {
            WriteCopy(file =>
            {
                file.CopyRowGroup(source, 2);
                file.CopyRowGroup(source, 0);
            });
        }

        using var copy = SampleFile.Open(Copy);
        copy.Verify(0);
        copy.Verify(1);
        Assert.Equal(
            Storage.DuckDb.Query($"SELECT * FROM '{Original}' OFFSET 6000").Concat(Storage.DuckDb.Query($"SELECT * FROM '{Original}' LIMIT 3000")),
            Storage.DuckDb.Query($"SELECT * FROM '{Copy}'"));
        const string Described = "row_group_num_rows, path_in_schema, num_values, stats_min_value, stats_max_value, stats_null_count, encodings, bloom_filter_length, total_compressed_size";
        Assert.Equal(
            Storage.DuckDb.Query($"SELECT {Described} FROM parquet_metadata('{Original}') WHERE row_group_id = 2 ORDER BY column_id"),
            Storage.DuckDb.Query($"SELECT {Described} FROM parquet_metadata('{Copy}') WHERE row_group_id = 0 ORDER BY column_id"));
        Assert.Equal([[false], [false]], Storage.DuckDb.Query($"SELECT bloom_filter_excludes FROM parquet_bloom_probe('{Copy}', 'text', '10.0.154')"));
        Assert.Equal([[true], [true]], Storage.DuckDb.Query($"SELECT bloom_filter_excludes FROM parquet_bloom_probe('{Copy}', 'maybe', 'other')"));

        await using var stream = File.OpenRead(Copy);
        await using var reader = await ParquetReader.CreateAsync(stream, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(2, reader.RowGroupCount);
        using var group = reader.OpenRowGroupReader(1);
        foreach (var field in reader.Schema.DataFields.Where(field => !field.Name.StartsWith("delta", StringComparison.Ordinal)))
        {
            Assert.NotNull(await group.ReadRawColumnDataBaseAsync(field, TestContext.Current.CancellationToken));
        }

        var few = new long[3000];
        await group.ReadAsync<long>(reader.Schema.DataFields.Single(field => field.Name == "few"), few.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
        using var own = new ColumnReader();
        own.Read(copy, 1, copy.IndexOf("few"));
        Assert.Equal(own.Numbers.ToArray(), few);
    }

    [Fact]
    public void A_column_can_be_rewritten_while_the_others_are_copied()
    {
        SampleFile.Write(Original, 5000, groups: 1, seed: 3);
        using var source = SampleFile.Open(Original);
        using var reader = new ColumnReader();
        reader.Read(source, 0, source.IndexOf("text"));
        var texts = new DistinctTexts();
        uint[] indices = [.. reader.Indices.ToArray().Select(index => texts.IndexOf($"new {index % 10}"))];
        WriteCopy(file => file.CopyRowGroup(source, 0, (group, column) =>
        {
            if (column.Name == "text")
            {
                group.WriteTexts(column, indices, texts.Texts, null);
            }

            return column.Name == "text";
        }));

        var (before, after) = (SampleFile.ByDuckDb(Original), SampleFile.ByDuckDb(Copy));
        Assert.Equal(indices.Select(index => $"new {index}"), after[7]);
        for (var column = 0; column < before.Count; column++)
        {
            Assert.True(column == 7 || before[column].SequenceEqual(after[column]));
        }

        Assert.Equal([[(long)indices.Count(index => index == 3)]], Storage.DuckDb.Query($"SELECT count(*) FROM '{Copy}' WHERE text = 'new 3'"));
    }

    [Fact]
    public void No_part_of_a_damaged_row_group_is_copied()
    {
        SampleFile.Write(Original, 5000, groups: 2, seed: 3);
        var bytes = File.ReadAllBytes(Original);
        using (var whole = SampleFile.Open(Original))
        {
            bytes[whole.RowGroups[0].Chunks[3].Pages.DataAt + 100] ^= 4;
        }

        File.WriteAllBytes(Original, bytes);
        using var source = SampleFile.Open(Original);
        WriteCopy(file =>
        {
            Assert.Throws<DamagedFileException>(() => file.CopyRowGroup(source, 0));
            file.CopyRowGroup(source, 1);
        });

        Assert.Equal([[5000L]], Storage.DuckDb.Query($"SELECT count(plain32) FROM '{Copy}'"));
    }

    [Fact]
    public void Other_columns_are_not_copied()
    {
        SampleFile.Write(Original, 10, groups: 1, seed: 3);
        using var source = SampleFile.Open(Original);
        using var stream = new BufferedFile(File.OpenHandle(Copy, FileMode.Create, FileAccess.Write));
        using var group = new RowGroupWriter();
        var file = new ParquetFileWriter(stream, [.. SampleFile.Columns.SkipLast(1)], group);

        Assert.Throws<DamagedFileException>(() => file.CopyRowGroup(source, 0));
    }

    private void WriteCopy(Action<ParquetFileWriter> write)
    {
        using var stream = new BufferedFile(File.OpenHandle(Copy, FileMode.Create, FileAccess.Write));
        using var group = new RowGroupWriter();
        var file = new ParquetFileWriter(stream, SampleFile.Columns, group);
        write(file);
        file.Complete(new Dictionary<string, string>(), "netmon version 1");
    }
}

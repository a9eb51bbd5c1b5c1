using System.Globalization;
using System.Text.Json;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Readers;

/// <summary>
/// Six independent readers over one set of files with extreme values: each returns every value, and finds the right rows by bounds and
/// Bloom filters.
/// </summary>
public sealed class ReaderMatrixTests(ReaderFiles files) : IClassFixture<ReaderFiles>
{
    private static readonly Dictionary<string, IParquetReader> Readers = new()
    {
        ["DuckDB"] = new DuckDbReader(),
        ["Apache Arrow"] = new ArrowReader(),
        ["Parquet.Net"] = new ParquetNetReader(),
        ["ClickHouse"] = ClickHouse.Reader,
        ["Polars"] = new NodeReader("polars", new SqlText("CAST(\"{0}\" AS VARCHAR)", "CAST(CAST(\"{0}\" AS BIGINT) AS VARCHAR)", "TIMESTAMP '{0}'"), _ => "events"),
        ["hyparquet"] = new NodeReader("hyparquet"),
    };

    public static TheoryData<string> Names => [.. Readers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_value_of_every_file_is_read(string reader)
    {
        var answers = await Readers[reader].Answer([.. files.Files.Select(file => new Question([file.Path]))]);
        Assert.All(files.Files.Zip(answers), pair => Assert.Equal(Lines(pair.First.Rows), Lines(pair.Second)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_value_of_a_roll_up_is_read(string reader)
    {
        var answers = await Readers[reader].Answer([new Question([files.Rollup.Path]) { Columns = SummedEvent.Columns }]);
        Assert.Equal(Lines(files.Rollup.Rows), Lines(answers[0]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_value_of_files_of_owners_is_read(string reader)
    {
        var answers = await Readers[reader].Answer([.. files.Owners.Select(file => new Question([file.Path]) { Columns = ExtremeOwners.Columns })]);
        Assert.All(files.Owners.Zip(answers), pair => Assert.Equal(Lines(pair.First.Rows), Lines(pair.Second)));
    }

    /// <summary>
    /// DuckDB reads our filters: none may exclude a value that its row group has, and few may pass a value that no row group has.
    /// </summary>
    [Fact]
    public void Bloom_filters_exclude_only_missing_values()
    {
        (string Path, string[] Columns)[] filtered =
            [(files.Files[0].Path, ["src_ip", "dst_ip", "container_id", "pod_name", "pod_uid", "dialed_ip"]), (files.Rollup.Path, ["peer"])];
        foreach (var (path, columns) in filtered)
        {
            Assert.Equal(columns, DuckDb.Query($"SELECT path_in_schema FROM parquet_metadata('{path}') WHERE bloom_filter_offset IS NOT NULL GROUP BY ALL ORDER BY min(column_id)").Select(row => (string)row[0]!));
            foreach (var column in columns)
            {
                var groups = DuckDb.Query($"""
                    WITH ends AS (SELECT row_group_id, sum(n) OVER (ORDER BY row_group_id)::BIGINT AS upto, n FROM (SELECT row_group_id, any_value(row_group_num_rows) AS n FROM parquet_metadata('{path}') GROUP BY ALL))
                    SELECT DISTINCT row_group_id, {column} FROM read_parquet('{path}', file_row_number = true), ends WHERE {column} IS NOT NULL AND file_row_number < upto AND file_row_number >= upto - n
                    """).Select(row => ((long)row[0]!, (string)row[1]!)).ToHashSet();
                var values = groups.Select(pair => pair.Item2).Distinct().ToList();
                var absent = Enumerable.Range(0, 200).Select(n => $"172.30.{n / 100}.{n}-absent").ToList();
                Assert.InRange(values.Count, 2, int.MaxValue);
                Assert.DoesNotContain(Excluded(path, column, values), groups.Contains);
                var all = absent.Count * groups.Select(pair => pair.Item1).Distinct().Count();
                Assert.InRange(Excluded(path, column, absent).Count, all * 19 / 20, all);
            }
        }
    }

    [Fact]
    public void The_files_have_every_encoding()
    {
        var encodings = DuckDb.Query($"SELECT DISTINCT unnest(string_split(encodings, ', ')) FROM parquet_metadata('{files.Events}/date=2026-11-22/**/*.parquet')");
        Assert.Equal(["DELTA_BINARY_PACKED", "PLAIN", "RLE", "RLE_DICTIONARY"], encodings.Select(row => (string)row[0]!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Conditions_that_skip_row_groups_find_every_row(string reader)
    {
        var file = files.Files[0];
        Question[] questions = [.. Conditions(file.Rows).Select(conditions => new Question([file.Path], conditions))];
        var answers = await Readers[reader].Answer(questions);
        Assert.All(questions.Zip(answers), pair => Assert.Equal(
            [pair.First.ToString(), .. Lines(file.Rows.Where(row => pair.First.Conditions.All(condition => condition.Matches(row))))],
            [pair.First.ToString(), .. Lines(pair.Second)]));
    }

    /// <summary>Parquet.Net does not read version 1: its times are delta-packed.</summary>
    [Theory]
    [InlineData("DuckDB")]
    [InlineData("Apache Arrow")]
    [InlineData("ClickHouse")]
    [InlineData("Polars")]
    [InlineData("hyparquet")]
    public async Task Files_of_both_versions_are_one_table(string reader)
    {
        ReadFile[] newer = [.. files.Files.Where(file => file.Path.StartsWith(files.Events, StringComparison.Ordinal))];
        string[] paths = [files.Version1, .. newer.Select(file => file.Path)];
        var older = (await Readers["Apache Arrow"].Answer([new Question([files.Version1])]))[0];
        string?[][] both = [.. older, .. newer.SelectMany(file => file.Rows)];
        Condition[] aNamespaceOfBoth = [new("netns", ">", "4026531832"), new("bytes_sent", ">=", "0")];
        var answers = await Readers[reader].Answer([new(paths), new(paths, aNamespaceOfBoth)]);

        Assert.Equal(Lines(both), Lines(answers[0]));
        var matching = both.Where(row => aNamespaceOfBoth.All(condition => condition.Matches(row))).ToList();
        Assert.InRange(older.Count(matching.Contains), 1, matching.Count - 1);
        Assert.Equal(Lines(matching), Lines(answers[1]));
    }

    [Fact]
    public async Task ClickHouse_skips_row_groups_by_bounds_and_by_filters()
    {
        var file = $"file('{files.Files[0].Path}', 'Parquet')";
        var answers = await ClickHouse.Reader.Answer(
            $"SELECT toString(count()) FROM {file} WHERE \"timestamp\" < '2026-11-22 19:01:00'",
            Counter("ParquetPrunedRowGroups"),
            Counter("ParquetRowsFilterExpression"),
            $"SELECT toString(count()), any(process) FROM {file} WHERE src_ip = '10.9.0.3'",
            Counter("ParquetRowsFilterExpression"));

        int[] numbers = [.. answers.Select(answer => int.Parse(answer[0][0]!, CultureInfo.InvariantCulture))];
        Assert.Equal([10, 9], numbers[..2]);
        Assert.Equal(1, numbers[3]);
        Assert.Equal(ReaderFiles.RowGroupRows, numbers[4] - numbers[2]); // the other groups have addresses below and above that one
    }

    /// <summary>The row groups that a column's filters exclude, with the value searched for.</summary>
    private static List<(long Group, string Value)> Excluded(string path, string column, IEnumerable<string> values) =>
        [.. values.Chunk(50).SelectMany(some => DuckDb.Query(string.Join(" UNION ALL ", some.Select(value => $"SELECT row_group_id, {Quote(value)} FROM parquet_bloom_probe('{path}', '{column}', {Quote(value)}) WHERE bloom_filter_excludes"))))
            .Select(row => ((long)row[0]!, (string)row[1]!))];

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Counter(string name) => $"SELECT toString(sum(value)) FROM system.events WHERE event = '{name}'";

    /// <summary>For each column its lowest, highest and some other existing value, a missing one, null, and ranges.</summary>
    private static IEnumerable<Condition[]> Conditions(IReadOnlyList<string?[]> rows)
    {
        foreach (var (column, index) in ReaderFiles.Columns.Select((column, index) => (column, index)))
        {
            var values = rows.Select(row => row[index]).Distinct().ToList();
            foreach (var value in values.Take(12))
            {
                yield return [new Condition(column, "=", value)];
            }
        }

        string[] absent = ["src_ip = 10.9.255.255", "dst_ip = ::3", "process = nginx", "pod_name = another", "pid = 7", "netns = 4026531834", "cgroup_id = 4294967294", "dialed_ip = 9.9.9.9"];
        string[] ranges =
        [
            "netns > 2147483647", "netns <= 2147483648", "uid >= 4294967295", "pid >= 2147483647", "src_port > 32767", "cgroup_id > 9223372036854775806", "bytes_sent > 9007199254740992",
            "delta_sent < 4294967296", "latency_us > 9007199254740992", "rtt_us > 2147483647", "process > zzz", "src_ip < 10.9.1", "container_name >= größe",
        ];
        foreach (var parts in absent.Concat(ranges).Select(text => text.Split(' ')))
        {
            yield return [new Condition(parts[0], parts[1], parts[2])];
        }

        var times = rows.Select(row => row[0]!).Order(StringComparer.Ordinal).ToList();
        yield return [new("timestamp", ">=", times[200]), new("timestamp", "<", times[300])];
        yield return [new("timestamp", ">", times[^2])];
        yield return [new("timestamp", "<=", times[0]), new("src_ip", "=", "10.9.0.0")];
        yield return [new("type", "=", "CLOSE"), new("netns", "=", "4026531833"), new("src_ip", "=", "::1")];
    }

    private static List<string> Lines(IEnumerable<string?[]> rows) => [.. rows.Select(row => JsonSerializer.Serialize(row)).Order(StringComparer.Ordinal)];
}

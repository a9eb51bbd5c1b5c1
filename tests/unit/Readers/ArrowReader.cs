using System.Globalization;
using System.Runtime.InteropServices;
using ParquetSharp;

namespace NetMon.UnitTests.Readers;

/// <summary>
/// Apache Arrow's C++ reader through ParquetSharp. It leaves filters to its callers, so this skips row groups by the bounds that Arrow
/// reports.
/// </summary>
internal sealed class ArrowReader : IParquetReader
{
    public Task<IReadOnlyList<IReadOnlyList<string?[]>>> Answer(IReadOnlyList<Question> questions) =>
        Task.FromResult<IReadOnlyList<IReadOnlyList<string?[]>>>([.. questions.Select(question => question.Files.SelectMany(file => Read(file, question)).ToList())]);

    private static IEnumerable<string?[]> Read(string path, Question question)
    {
        using var file = new ParquetFileReader(path);
        var columns = Enumerable.Range(0, file.FileMetaData.NumColumns).ToDictionary(column => file.FileMetaData.Schema.Column(column).Name);
        for (var index = 0; index < file.FileMetaData.NumRowGroups; index++)
        {
            using var group = file.RowGroup(index);
            if (question.Conditions.Any(condition => IsExcluded(group, columns, condition)))
            {
                continue;
            }

            var values = question.Columns.Select(name => columns.TryGetValue(name, out var column) ? Values(group, column) : new string?[group.MetaData.NumRows]).ToArray();
            for (var row = 0; row < group.MetaData.NumRows; row++)
            {
                var read = Array.ConvertAll(values, column => column[row]);
                if (question.Conditions.All(condition => condition.Matches(read)))
                {
                    yield return read;
                }
            }
        }
    }

    private static bool IsExcluded(RowGroupReader group, Dictionary<string, int> columns, Condition condition)
    {
        if (!columns.TryGetValue(condition.Column, out var column))
        {
            return condition.Value is not null;
        }

        using var chunk = group.MetaData.GetColumnChunkMetaData(column);
        using var statistics = chunk.Statistics;
        return statistics switch
        {
            _ when condition.Value is null => statistics?.NullCount == 0,
            _ when group.MetaData.Schema.Column(column).LogicalType is IntLogicalType { IsSigned: false } => false, // version 1: its bounds are read as signed
            { HasMinMax: false } => statistics.NumValues == 0,
            Statistics<int> bounds => !condition.MayMatch(Text(bounds.Min), Text(bounds.Max)),
            Statistics<long> bounds => !condition.MayMatch(Text(bounds.Min), Text(bounds.Max)),
            Statistics<ByteArray> bounds => !condition.MayMatch(Text(bounds.Min), Text(bounds.Max)),
            _ => false,
        };
    }

    private static string?[] Values(RowGroupReader group, int column)
    {
        using var reader = group.Column(column).LogicalReader();
        return reader.Apply(new Visitor((int)group.MetaData.NumRows));
    }

    private static string Text<T>(T value) => value switch
    {
        ByteArray bytes => Marshal.PtrToStringUTF8(bytes.Pointer, bytes.Length),
        DateTime time => ((time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private sealed class Visitor(int rows) : ILogicalColumnReaderVisitor<string?[]>
    {
        public string?[] OnLogicalColumnReader<TValue>(LogicalColumnReader<TValue> columnReader) =>
            Array.ConvertAll(columnReader.ReadAll(rows), value => value is null ? null : Text(value));
    }
}

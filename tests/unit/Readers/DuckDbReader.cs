using NetMon.UnitTests.Storage;

namespace NetMon.UnitTests.Readers;

internal sealed class DuckDbReader : IParquetReader
{
    private static readonly SqlText Sql = new("CAST(\"{0}\" AS VARCHAR)", "CAST(epoch_us(\"{0}\") AS VARCHAR)", "TIMESTAMP '{0}'");

    public Task<IReadOnlyList<IReadOnlyList<string?[]>>> Answer(IReadOnlyList<Question> questions) =>
        Task.FromResult<IReadOnlyList<IReadOnlyList<string?[]>>>([.. questions.Select(Answer)]);

    private static IReadOnlyList<string?[]> Answer(Question question)
    {
        var files = string.Join(", ", question.Files.Select(file => $"'{file}'"));
        return [.. DuckDb.Query(Sql.Of(question, $"read_parquet([{files}], union_by_name = true)")).Select(row => Array.ConvertAll(row, value => (string?)value))];
    }
}

using System.Diagnostics;
using System.Text.Json;
using NetMon.Events.Columns;
using NetMon.UnitTests.Layout;
using Xunit;

namespace NetMon.UnitTests.Readers;

/// <summary>An engine that runs in Node.js: tests/readers/read.mjs. One process answers all questions.</summary>
/// <param name="engine">Its name in read.mjs.</param>
/// <param name="sql">Its dialect; null if it has no SQL.</param>
/// <param name="table">Its name for a question's files.</param>
internal sealed class NodeReader(string engine, SqlText? sql = null, Func<Question, string>? table = null) : IParquetReader
{
    public Task<IReadOnlyList<IReadOnlyList<string?[]>>> Answer(IReadOnlyList<Question> questions) => Run(questions.Select(Request));

    /// <summary>The rows of statements with text columns only.</summary>
    public Task<IReadOnlyList<IReadOnlyList<string?[]>>> Answer(params string[] statements) => Run(statements.Select(statement => new { sql = statement }));

    private async Task<IReadOnlyList<IReadOnlyList<string?[]>>> Run(IEnumerable<object> requests)
    {
        var runner = RepositoryFiles.Find("tests/readers/read.mjs", "restore it from git");
        var modules = Path.GetFullPath("../../artifacts/readers/node_modules", Path.GetDirectoryName(runner)!);
        Assert.SkipUnless(Directory.Exists(modules), "needs ClickHouse, Polars and hyparquet from npm: tests/readers/setup.sh");
        var start = new ProcessStartInfo("node", [runner, engine]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var program = Process.Start(start)!;
        var output = program.StandardOutput.ReadToEndAsync();
        var error = program.StandardError.ReadToEndAsync();
        await program.StandardInput.WriteAsync(JsonSerializer.Serialize(requests));
        program.StandardInput.Close();
        await program.WaitForExitAsync().WaitAsync(Patience.Limit);
        Assert.True(program.ExitCode == 0, $"{engine}: exit code {program.ExitCode}\n{await error}");
        return [.. (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<List<string?[]>>(line)!)];
    }

    private object Request(Question question) => new
    {
        files = question.Files,
        columns = question.Columns,
        sql = sql?.Of(question, table!(question)),
        conditions = question.Conditions.Select(condition => new
        {
            column = condition.Column,
            op = condition.Operator,
            value = condition.Value,
            isLarge = condition.Type is ColumnType.Int64 or ColumnType.Timestamp,
            isSmall = condition.Type is ColumnType.Int32,
            isFlag = condition.Type is ColumnType.Boolean,
        }),
    };
}

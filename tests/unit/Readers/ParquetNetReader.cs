using System.Globalization;
using Parquet;
using Parquet.Schema;

namespace NetMon.UnitTests.Readers;

/// <summary>Parquet.Net, which supports fewer encodings than the others and has no filters.</summary>
internal sealed class ParquetNetReader : IParquetReader
{
    public async Task<IReadOnlyList<IReadOnlyList<string?[]>>> Answer(IReadOnlyList<Question> questions)
    {
        var answers = new List<IReadOnlyList<string?[]>>();
        foreach (var question in questions)
        {
            var rows = new List<string?[]>();
            foreach (var file in question.Files)
            {
                rows.AddRange((await Read(file, question.Columns)).Where(row => question.Conditions.All(condition => condition.Matches(row))));
            }

            answers.Add(rows);
        }

        return answers;
    }

    private static async Task<List<string?[]>> Read(string path, IReadOnlyList<string> columns)
    {
        await using var file = File.OpenRead(path);
        await using var reader = await ParquetReader.CreateAsync(file);
        var fields = reader.Schema.DataFields.ToDictionary(field => field.Name);
        var rows = new List<string?[]>();
        for (var index = 0; index < reader.RowGroupCount; index++)
        {
            using var group = reader.OpenRowGroupReader(index);
            var read = Enumerable.Range(0, (int)group.RowCount).Select(_ => new string?[columns.Count]).ToArray();
            for (var column = 0; column < columns.Count; column++)
            {
                if (fields.TryGetValue(columns[column], out var field))
                {
                    await Fill(group, field, read, column);
                }
            }

            rows.AddRange(read);
        }

        return rows;
    }

    private static Task Fill(ParquetRowGroupReader group, DataField field, string?[][] rows, int column) => field.ClrType switch
    {
        var type when type == typeof(ReadOnlyMemory<char>) => FillTexts(group, field, rows, column),
        var type when type == typeof(DateTime) => Fill<DateTime>(group, field, rows, column, time => Text((time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond)),
        var type when type == typeof(bool) => Fill<bool>(group, field, rows, column, flag => flag ? "true" : "false"),
        var type when type == typeof(int) => Fill<int>(group, field, rows, column, Text),
        var type when type == typeof(uint) => Fill<uint>(group, field, rows, column, Text),
        var type when type == typeof(ulong) => Fill<ulong>(group, field, rows, column, Text),
        _ => Fill<long>(group, field, rows, column, Text),
    };

    private static async Task FillTexts(ParquetRowGroupReader group, DataField field, string?[][] rows, int column)
    {
        var values = new string?[rows.Length];
        await group.ReadAsync(field, values.AsMemory()!);
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row][column] = values[row];
        }
    }

    private static async Task Fill<T>(ParquetRowGroupReader group, DataField field, string?[][] rows, int column, Func<T, string> text)
        where T : struct
    {
        var values = new T?[rows.Length];
        if (field.IsNullable)
        {
            await group.ReadAsync<T>(field, values.AsMemory());
        }
        else
        {
            var required = new T[rows.Length];
            await group.ReadAsync<T>(field, required.AsMemory());
            values = Array.ConvertAll(required, value => (T?)value);
        }

        for (var row = 0; row < rows.Length; row++)
        {
            rows[row][column] = values[row] is { } value ? text(value) : null;
        }
    }

    private static string Text<T>(T number) => Convert.ToString(number, CultureInfo.InvariantCulture)!;
}

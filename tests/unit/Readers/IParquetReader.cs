namespace NetMon.UnitTests.Readers;

/// <summary>An independent program that reads Parquet files.</summary>
internal interface IParquetReader
{
    /// <summary>
    /// Rows for each question, in any order: texts in the order of <see cref="Question.Columns"/>. Skips the test if the program is not
    /// installed.
    /// </summary>
    Task<IReadOnlyList<IReadOnlyList<string?[]>>> Answer(IReadOnlyList<Question> questions);
}

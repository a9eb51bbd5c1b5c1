using NetMon.Query.Report;
using Xunit;

namespace NetMon.UnitTests.Query.Report;

public sealed class ReportQuestionsTests
{
    private static readonly DateTime From = new(2026, 11, 22, 19, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData(2, 1)]
    [InlineData(24, 0)]
    public void Events_are_read_once_for_all_that_is_shown_by_minute(int hours, int scans)
    {
        using var progress = new ReportProgress(null);
        var questions = ReportQuestions.Of(new ReportWindow(From, From.AddHours(hours)), hasAllAttempts: true, progress);
        Assert.Equal(scans, questions.Views.Concat(questions.Questions).Count(question => question.Sql.Contains("FROM events", StringComparison.Ordinal)));
    }
}

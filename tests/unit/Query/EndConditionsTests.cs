using NetMon.Query;
using NetMon.Query.Filters;
using NetMon.Query.Planning;
using NetMon.Query.Sql;
using Xunit;

namespace NetMon.UnitTests.Query;

/// <summary>Which conditions of a question apply to all open connections that it needs, and whether it needs names from owners.</summary>
public sealed class EndConditionsTests
{
    private const string Macro = "CREATE OR REPLACE MACRO of_question(process, pid, container_id, pod_name, pod_namespace, container_name, workload) AS ";

    [Theory]
    [InlineData("process = 'it''s'", "FROM connections WHERE process = 'it''s'")]
    [InlineData("pid=7 AND process = 'a'", "SELECT count(*) FROM open_now WHERE pid = 7 AND process = 'a' AND src_port > 9")]
    [InlineData("container_id = 'c'", "SELECT sum(c.bytes_sent) FROM connections c WHERE c.open AND c.container_id = 'c' AND pod_name LIKE 'x%'")]
    [InlineData("pod_name = 'p'", "FROM open_now WHERE pod_name = 'p'", "FROM open_now WHERE pod_name = 'p' AND pid = 1")]
    [InlineData(null, "FROM open_now WHERE process = 'a'", "FROM open_now WHERE process = 'b'")]
    [InlineData(null, "FROM open_now WHERE process = 'a'", "FROM open_now")]
    [InlineData(null, "FROM open_now WHERE process = 'a' OR pid = 1")]
    [InlineData(null, "FROM open_now WHERE process = 'a\n'' AND pid = ''1'")]
    [InlineData(null, "FROM connections a LEFT JOIN connections b ON a.connection_id = b.connection_id AND b.process = 'a'")]
    [InlineData(null, "FROM events WHERE process = 'a' AND src_port >= 1")]
    public void The_conditions_of_every_scan_of_the_answer_count(string? conditions, params string[] questions)
    {
        using var spill = TemporaryFolder.Create();
        using var database = CaptureDatabase.Create("256MiB", spill.Path);
        database.SetEnd(new DateTime(2026, 11, 22));
        using var script = new StreamReader(typeof(Answer).Assembly.GetManifestResourceStream("views.sql")!);
        database.Define(new ViewScript(script.ReadToEnd()).NeededBy(string.Join(' ', questions)), Filter.None, pairsEnds: false, named: null);

        Assert.Equal(conditions is null ? null : Macro + conditions, database.Plan(questions, HourRange.All).OpenEnds.Macro);
    }

    [Theory]
    [InlineData("FROM connections", true)]
    [InlineData("SELECT count(*) FROM connections WHERE peer_pod_name = 'new-0'", true)]
    [InlineData("SELECT COLUMNS('peer_n.*') FROM connections", true)]
    [InlineData("SELECT n FROM (SELECT count(*) AS n, peer_workload FROM connections GROUP BY ALL)", true)]
    [InlineData("SELECT count(*), sum(bytes_sent) FROM connections", false)]
    [InlineData("SELECT a.n FROM (SELECT *, 1 AS n FROM connections) a", false)]
    [InlineData("SELECT sum(connections) FROM talkers", false)]
    [InlineData("SELECT peer_workload, sum(connections) FROM talkers GROUP BY ALL", true)]
    public void Questions_that_need_names_from_owners_are_detected(string question, bool asks)
    {
        using var spill = TemporaryFolder.Create();
        using var database = CaptureDatabase.Create("256MiB", spill.Path);
        using var script = new StreamReader(typeof(Answer).Assembly.GetManifestResourceStream("views.sql")!);
        database.Define(new ViewScript(script.ReadToEnd()).NeededBy(question), Filter.None, pairsEnds: false, named: null);

        Assert.Equal(asks, database.Plan([question], HourRange.All).NamesByOwners);
    }

    [Fact]
    public void A_text_over_two_lines_is_not_taken_for_a_condition()
    {
        var conditions = new EndConditions();
        conditions.Add(["protocol IS NOT NULL", "process='x", "pid=1", "y'"]);
        Assert.Null(conditions.Macro);
    }
}

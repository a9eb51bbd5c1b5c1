using NetMon.Query;
using NetMon.Query.Sql;
using Xunit;

namespace NetMon.UnitTests.Query;

/// <summary>Which SQL is accepted as a question.</summary>
public sealed class StatementTests
{
    [Theory]
    [InlineData("SELECT 1; SELECT 2", 2)]
    [InlineData(" ;; FROM events ; -- the end;", 1)]
    [InlineData("SELECT ';' AS \";\", $$;$$, $a$;$a$, E'\\';' /* ; /* ; */ ; */; SELECT 2", 2)]
    [InlineData("SELECT 'it''s; one'", 1)]
    [InlineData("(SELECT 1) UNION ALL (SELECT 2)", 1)]
    public void Semicolons_end_a_statement_except_in_texts_names_and_comments(string sql, int count) => Assert.Equal(count, Statement.Parse(sql).Count);

    [Theory]
    [InlineData("EXPLAIN SELECT 1", "EXPLAIN", " SELECT 1")]
    [InlineData("-- why\nexplain analyze FROM events", "EXPLAIN ANALYZE", " FROM events")]
    [InlineData("DESCRIBE events", null, "DESCRIBE events")]
    public void Plans_and_descriptions_are_questions(string sql, string? explain, string rest) => Assert.Equal(new Statement(rest, explain), Assert.Single(Statement.Parse(sql)));

    [Theory]
    [InlineData("COPY events TO 'x'")]
    [InlineData("SELECT 1; SET threads = 1")]
    [InlineData("EXPLAIN ANALYZE INSERT INTO t VALUES (1)")]
    [InlineData("CREATE TABLE t (i INTEGER)")]
    [InlineData("PRAGMA database_list")]
    [InlineData("")]
    [InlineData("-- nothing")]
    [InlineData(";")]
    public void Statements_other_than_queries_are_refused(string sql) => Assert.Throws<QueryException>(() => Statement.Parse(sql));
}

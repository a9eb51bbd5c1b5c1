using NetMon.Query.Sql;
using Xunit;

namespace NetMon.UnitTests.Query;

/// <summary>Which views a question needs.</summary>
public sealed class ViewScriptTests
{
    private const string Text = """
        -- CREATE OR REPLACE VIEW commented AS nothing;
        CREATE OR REPLACE MACRO name_of(x) AS
            x || ';';
        CREATE OR REPLACE VIEW base AS SELECT name_of(process) FROM events;

        CREATE OR REPLACE VIEW top AS
        SELECT * FROM base;
        CREATE OR REPLACE VIEW other AS SELECT 1;

        """;

    [Fact]
    public void Named_views_and_their_dependencies_are_created_in_order()
    {
        var script = new ViewScript(Text);
        Assert.Equal(["name_of", "base", "top", "other"], script.Names);
        Assert.Equal(3, script.NeededBy("SELECT * FROM TOP").Count);
        Assert.StartsWith("CREATE OR REPLACE MACRO name_of", script.NeededBy("SELECT * FROM TOP")[0], StringComparison.Ordinal);
        Assert.Single(script.NeededBy("FROM other"));
        Assert.Empty(script.NeededBy("SELECT count(*) FROM events"));
    }
}

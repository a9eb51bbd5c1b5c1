using System.Text.Json;
using System.Text.RegularExpressions;
using NetMon.Query.Files;
using NetMon.Query.Filters;

namespace NetMon.Query.Planning;

/// <summary>What questions read: for each relation the bounds of all its scans together; a relation that is not scanned is not there.</summary>
internal sealed partial class QuestionScope
{
    private const int DeepestPlan = 1000; // two for each operator on the way down
    private static readonly JsonElement Nothing = JsonElement.Parse("{}");
    private readonly Dictionary<Relation, ScanBounds> _bounds = [];
    private readonly Dictionary<Relation, int> _scans = [];
    private readonly HashSet<string> _words = new(StringComparer.Ordinal);

    /// <summary>Whether a question asks for names by owners, as far as the plans were read.</summary>
    public bool NamesByOwners { get; private set; }

    /// <summary>What all open connections that the questions need have in common.</summary>
    public EndConditions OpenEnds { get; } = new();

    /// <summary>The hours for which roll-ups may answer; of others the rows do.</summary>
    public HourRange SumHours { get; init; } = HourRange.All;

    public bool Reads(Relation relation) => _bounds.ContainsKey(relation);

    /// <summary>How often the relation is read.</summary>
    public int Scans(Relation relation) => _scans.GetValueOrDefault(relation);

    /// <summary>The bounds of a relation; null where it is not read.</summary>
    public ScanBounds? BoundsOf(Relation relation) => _bounds.GetValueOrDefault(relation);

    /// <summary>
    /// The hours of which owners are read: those that are asked for, and of all nodes those of events and sums; null where none are.
    /// </summary>
    public ScanBounds? OwnerBounds => ScanBounds.Together(BoundsOf(Relation.Ownership), HoldingBounds);

    private ScanBounds? HoldingBounds => Reads(Relation.Holding)
        && ScanBounds.Together(BoundsOf(Relation.Events), BoundsOf(Relation.Unrolled), BoundsOf(Relation.Rollups)) is { } bounds ? bounds with { Node = null } : null;

    /// <summary>Whether the owners in a file are needed to name addresses.</summary>
    public bool NeedsHolding(HourFile file) => HoldingBounds?.Has(file) ?? false;

    /// <summary>Whether a relation may have rows in a file of an hour.</summary>
    public bool Needs(Relation relation, HourFile file) => BoundsOf(relation)?.Has(file) ?? false;

    /// <summary>Whether a scan has a use for a column of this name, as far as the plans were read.</summary>
    public bool Uses(string column) => _words.Contains(column);

    public void Add(Relation relation, ScanBounds bounds)
    {
        _bounds[relation] = _bounds.TryGetValue(relation, out var others) ? others.Or(bounds) : bounds;
        _scans[relation] = Scans(relation) + 1;
    }

    /// <summary>Adds the scans of a plan, as EXPLAIN (FORMAT json) writes it.</summary>
    public void AddPlan(string plan)
    {
        using var document = JsonDocument.Parse(plan, new JsonDocumentOptions { MaxDepth = DeepestPlan });
        AddOperators(document.RootElement, []);
    }

    /// <param name="above">The conditions of a filter directly above.</param>
    private void AddOperators(JsonElement operators, IReadOnlyList<string> above)
    {
        foreach (var step in operators.EnumerateArray())
        {
            IReadOnlyList<string> here = [];
            var info = step.TryGetProperty("extra_info", out var extra) && extra.ValueKind == JsonValueKind.Object ? extra : Nothing;
            if (step.GetProperty("name").GetString() == "FILTER")
            {
                here = [.. Texts(info, "Expression").SelectMany(FilterExpression.Conditions)];
            }
            else if (info.TryGetProperty("Table", out var table)
                && Enum.TryParse<Relation>(table.GetString()!.Split('.')[^1], ignoreCase: true, out var relation))
            {
                var conditions = Texts(info, "Filters");
                Add(relation, FilterText.Bounds([.. conditions, .. above]));
                OpenEnds.Add(conditions);
                NamesByOwners |= relation == Relation.Holding && Texts(info, "Projections").Contains("workload");
                _words.UnionWith(conditions.Concat(Texts(info, "Projections")).SelectMany(text => Word().Matches(text)).Select(word => word.Value));
            }

            AddOperators(step.GetProperty("children"), here);
        }
    }

    private static List<string> Texts(JsonElement info, string name) => !info.TryGetProperty(name, out var texts) ? []
        : texts.ValueKind == JsonValueKind.Array ? [.. texts.EnumerateArray().Select(text => text.GetString()!)]
        : [texts.GetString()!];

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}

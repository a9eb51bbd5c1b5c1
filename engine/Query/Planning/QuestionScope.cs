using System.Text.Json;
using System.Text.RegularExpressions;
using NetMon.Query.Files;
using NetMon.Query.Filters;

namespace NetMon.Query.Planning;

/// <summary>What questions read: for each relation the combined bounds of all its scans; a relation without scans is absent.</summary>
internal sealed partial class QuestionScope
{
    private const int DeepestPlan = 1000; // two levels per operator
    private static readonly JsonElement Nothing = JsonElement.Parse("{}");
    private readonly Dictionary<Relation, ScanBounds> _bounds = [];
    private readonly Dictionary<Relation, int> _scans = [];
    private readonly HashSet<string> _words = new(StringComparer.Ordinal);

    /// <summary>Whether a question needs names by owners of addresses, as far as the plans were parsed.</summary>
    public bool NamesByOwners { get; private set; }

    /// <summary>The common conditions of all open connections that the questions need.</summary>
    public EndConditions OpenEnds { get; } = new();

    /// <summary>The hours for which roll-ups may answer; others need the rows.</summary>
    public HourRange SumHours { get; init; } = HourRange.All;

    public bool Reads(Relation relation) => _bounds.ContainsKey(relation);

    /// <summary>Returns the number of scans of a relation.</summary>
    public int Scans(Relation relation) => _scans.GetValueOrDefault(relation);

    /// <summary>Returns the bounds of a relation; null if it is not read.</summary>
    public ScanBounds? BoundsOf(Relation relation) => _bounds.GetValueOrDefault(relation);

    /// <summary>
    /// The bounds of owners to read: those requested, and for all nodes the hours of events and sums; null if none are needed.
    /// </summary>
    public ScanBounds? OwnerBounds => ScanBounds.Together(BoundsOf(Relation.Ownership), HoldingBounds);

    private ScanBounds? HoldingBounds => Reads(Relation.Holding)
        && ScanBounds.Together(BoundsOf(Relation.Events), BoundsOf(Relation.Unrolled), BoundsOf(Relation.Rollups)) is { } bounds ? bounds with { Node = null } : null;

    /// <summary>Whether the owners in a file are needed to name addresses.</summary>
    public bool NeedsHolding(HourFile file) => HoldingBounds?.Has(file) ?? false;

    /// <summary>Whether a relation may need a file of an hour.</summary>
    public bool Needs(Relation relation, HourFile file) => BoundsOf(relation)?.Has(file) ?? false;

    /// <summary>Whether a scan uses a column of this name, as far as the plans were parsed.</summary>
    public bool Uses(string column) => _words.Contains(column);

    public void Add(Relation relation, ScanBounds bounds)
    {
        _bounds[relation] = _bounds.TryGetValue(relation, out var others) ? others.Or(bounds) : bounds;
        _scans[relation] = Scans(relation) + 1;
    }

    /// <summary>Adds the scans of a plan, as printed by EXPLAIN (FORMAT json).</summary>
    public void AddPlan(string plan)
    {
        using var document = JsonDocument.Parse(plan, new JsonDocumentOptions { MaxDepth = DeepestPlan });
        AddOperators(document.RootElement, []);
    }

    /// <param name="above">The conditions of the filter directly above.</param>
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

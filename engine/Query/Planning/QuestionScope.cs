using System.Text.Json;

namespace NetMon.Query.Planning;

/// <summary>What questions read: for each relation the bounds of all its scans together; a relation that is not scanned is not there.</summary>
internal sealed class QuestionScope
{
    private readonly Dictionary<Relation, ScanBounds> _bounds = [];
    private readonly Dictionary<Relation, int> _scans = [];

    public bool Reads(Relation relation) => _bounds.ContainsKey(relation);

    /// <summary>How often the relation is read.</summary>
    public int Scans(Relation relation) => _scans.GetValueOrDefault(relation);

    public ScanBounds Of(Relation relation) => _bounds[relation];

    public void Add(Relation relation, ScanBounds bounds)
    {
        _bounds[relation] = _bounds.TryGetValue(relation, out var others) ? others.Or(bounds) : bounds;
        _scans[relation] = Scans(relation) + 1;
    }

    /// <summary>Adds the scans of a plan, as EXPLAIN (FORMAT json) writes it.</summary>
    public void AddPlan(string plan)
    {
        using var document = JsonDocument.Parse(plan);
        AddOperators(document.RootElement);
    }

    private void AddOperators(JsonElement operators)
    {
        foreach (var step in operators.EnumerateArray())
        {
            if (step.TryGetProperty("extra_info", out var info) && info.ValueKind == JsonValueKind.Object && info.TryGetProperty("Table", out var table)
                && Enum.TryParse<Relation>(table.GetString()!.Split('.')[^1], ignoreCase: true, out var relation))
            {
                Add(relation, info.TryGetProperty("Filters", out var filters) ? FilterText.Bounds(Texts(filters)) : ScanBounds.Everything);
            }

            AddOperators(step.GetProperty("children"));
        }
    }

    private static List<string> Texts(JsonElement filters) => filters.ValueKind == JsonValueKind.Array
        ? [.. filters.EnumerateArray().Select(filter => filter.GetString()!)]
        : [filters.GetString()!];
}

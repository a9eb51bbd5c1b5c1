namespace NetMon.Query;

/// <summary>A column of a relation.</summary>
/// <param name="Name">Without quotes.</param>
/// <param name="Type">DuckDB's name of its type.</param>
internal sealed record RelationColumn(string Name, string Type)
{
    /// <summary>For SQL: some names are reserved words.</summary>
    public string Quoted => $"\"{Name}\"";

    /// <summary>For CREATE TABLE.</summary>
    public string Definition => $"{Quoted} {Type}";
}

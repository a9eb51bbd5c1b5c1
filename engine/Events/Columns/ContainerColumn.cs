namespace NetMon.Events.Columns;

/// <summary>A text of the owner's container; null for a process of the host, but that what may be null otherwise is known of its unit too.</summary>
/// <param name="Name">As readers see it, and in the dictionary of hot segments.</param>
/// <param name="TextOf">The text; empty if it is not known.</param>
/// <param name="With">A container with another text here.</param>
/// <param name="Meaning">For <c>schemas/parquet.md</c>.</param>
public sealed record ContainerColumn(string Name, Func<ContainerIdentity, string> TextOf, Func<ContainerIdentity, string, ContainerIdentity> With, string Meaning)
    : IdentityColumn<ContainerIdentity>(Name, TextOf, With, ColumnRows.InContainer, Meaning)
{
    /// <inheritdoc/>
    public override bool IsNull(ContainerIdentity identity) => IsNullIfEmpty ? base.IsNull(identity) : !identity.IsContainer;
}

namespace NetMon.Events.Columns;

/// <summary>A text of the owner's container. Null for processes of the host, except for nullable texts, which may come from the process's systemd unit.</summary>
/// <param name="Name">The name of the column, also in the dictionary of hot segments.</param>
/// <param name="TextOf">Returns the text; empty if unknown.</param>
/// <param name="With">Returns a copy of the container with another text.</param>
/// <param name="Meaning">The description in <c>schemas/parquet.md</c>.</param>
public sealed record ContainerColumn(string Name, Func<ContainerIdentity, string> TextOf, Func<ContainerIdentity, string, ContainerIdentity> With, string Meaning)
    : IdentityColumn<ContainerIdentity>(Name, TextOf, With, ColumnRows.InContainer, Meaning)
{
    /// <inheritdoc/>
    public override bool IsNull(ContainerIdentity identity) => IsNullIfEmpty ? base.IsNull(identity) : !identity.IsContainer;
}

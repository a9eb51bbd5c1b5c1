namespace NetMon.Events.Columns;

/// <summary>A text of the peer; null if unknown.</summary>
public sealed record PeerColumn : IdentityColumn<PeerIdentity>
{
    /// <param name="name">The name of the column, also in the dictionary of hot segments.</param>
    /// <param name="textOf">Returns the text; empty if unknown.</param>
    /// <param name="with">Returns a copy of the peer with another text.</param>
    /// <param name="meaning">The description in <c>schemas/parquet.md</c>.</param>
    public PeerColumn(string name, Func<PeerIdentity, string> textOf, Func<PeerIdentity, string, PeerIdentity> with, string meaning)
        : base(name, textOf, with, ColumnRows.KnownPeer, meaning) => IsNullIfEmpty = true;
}

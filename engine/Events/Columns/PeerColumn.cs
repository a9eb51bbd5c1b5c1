namespace NetMon.Events.Columns;

/// <summary>A text of the peer; null where it is not known.</summary>
public sealed record PeerColumn : IdentityColumn<PeerIdentity>
{
    /// <param name="name">As readers see it, and in the dictionary of hot segments.</param>
    /// <param name="textOf">The text; empty if it is not known.</param>
    /// <param name="with">A peer with another text here.</param>
    /// <param name="meaning">For <c>schemas/parquet.md</c>.</param>
    public PeerColumn(string name, Func<PeerIdentity, string> textOf, Func<PeerIdentity, string, PeerIdentity> with, string meaning)
        : base(name, textOf, with, ColumnRows.KnownPeer, meaning) => IsNullIfEmpty = true;
}

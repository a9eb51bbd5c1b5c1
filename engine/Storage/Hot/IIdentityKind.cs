using NetMon.Events;
using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>The kind of entries of a dictionary of hot segments: containers or peers.</summary>
/// <typeparam name="T">An entry.</typeparam>
internal interface IIdentityKind<T>
    where T : class
{
    /// <summary>The number of the dictionary in <see cref="HotColumns.Dictionaries"/>.</summary>
    static abstract int Dictionary { get; }

    /// <summary>The texts of an entry, in the order of the current version.</summary>
    static abstract IReadOnlyList<IdentityColumn<T>> Texts { get; }

    /// <summary>An entry with empty texts.</summary>
    static abstract T Empty { get; }

    /// <summary>Returns an event's entry; null if it has none.</summary>
    static abstract T? Of(in ConnectionEvent e);
}

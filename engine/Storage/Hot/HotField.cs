using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>A stored field of a version of hot segments.</summary>
/// <param name="Name">The name of its column.</param>
/// <param name="Type">The type of its values.</param>
internal readonly record struct HotField(string Name, FieldType Type)
{
    /// <summary>The size of a value in bytes.</summary>
    public int Width => EventField.WidthOf(Type);
}

using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>A stored field of a version of hot segments.</summary>
/// <param name="Name">Of its column.</param>
/// <param name="Type">Of its values.</param>
internal readonly record struct HotField(string Name, FieldType Type)
{
    /// <summary>Bytes of a value.</summary>
    public int Width => EventField.WidthOf(Type);
}

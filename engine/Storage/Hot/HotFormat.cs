using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>A version of hot segments: its columns, their layout in a message, and the metadata of messages. Immutable.</summary>
internal sealed class HotFormat
{
    public HotFormat(HotColumns columns)
    {
        Columns = columns;
        Layout = new HotLayout(columns);
        Messages = new HotMessages(columns);
        Metadata = new HotMetadata(this);
    }

    /// <summary>The version that this build writes.</summary>
    public static HotFormat Current { get; } = new(new HotColumns(
        EventColumns.HotVersion,
        [.. EventColumns.Fields.Select(field => new HotField(field.Name, field.Type))],
        [
            new HotDictionary("container", [.. EventColumns.ContainerTexts.Select(text => text.Name)], HotLimits.Containers),
            new HotDictionary("peer", [.. EventColumns.PeerTexts.Select(text => text.Name)], HotLimits.Peers),
        ]));

    public HotColumns Columns { get; }

    public HotLayout Layout { get; }

    /// <summary>The approximate size of a row of a full batch, in bytes.</summary>
    public long RowBytes => Layout.BodyLength(HotLimits.BatchRows) / HotLimits.BatchRows;

    public HotMessages Messages { get; }

    public HotMetadata Metadata { get; }

    /// <summary>Returns the format of a version; null if this build can't read it.</summary>
    public static HotFormat? Of(string version) => version switch
    {
        EventColumns.HotVersion => Current,
        HotVersion1.Version => HotVersion1.Format,
        _ => null,
    };
}

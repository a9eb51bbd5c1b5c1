using NetMon.Events;
using NetMon.Events.Columns;
using NetMon.Storage.Hot;

namespace NetMon.Query.Hot;

/// <summary>A position in a segment, with caches of repeating texts.</summary>
internal sealed class HotCursor
{
    private const int MostTexts = 65_536;
    private readonly Dictionary<UInt128, string> _addresses = [];
    private readonly Dictionary<UInt128, string> _processes = [];

    public string Node { get; private set; } = "";

    public HotBatch Batch { get; private set; } = null!;

    public int Row { get; set; }

    public EventFacts Facts => Batch.FactsOf(Row);

    public ContainerIdentity? Container => Batch.Containers.Of(Row);

    public PeerIdentity? Peer => Batch.Peers.Of(Row);

    /// <summary>The time of the row, rounded down to microseconds as in sealed files.</summary>
    public DateTime Time => DateTime.UnixEpoch.AddTicks(TimeColumn.Microseconds(Batch.Timestamps[Row]) * TimeSpan.TicksPerMicrosecond);

    public void Begin(string node, HotBatch batch) => (Node, Batch) = (node, batch);

    /// <summary>Returns the stored number of a field.</summary>
    public long Number(EventField field) => field.Number(Batch.Column(field), Row);

    public string Address(EventField field) => TextOf(_addresses, field, bytes => AddressText.Format(bytes));

    public string Process(EventField field) => TextOf(_processes, field, bytes => System.Text.Encoding.UTF8.GetString(ProcessName.Trim(bytes)));

    private string TextOf(Dictionary<UInt128, string> texts, EventField field, Func<ReadOnlySpan<byte>, string> make)
    {
        var bytes = Batch.Column(field).Slice(field.Width * Row, field.Width);
        var key = System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(bytes);
        if (!texts.TryGetValue(key, out var text))
        {
            text = make(bytes);
            if (texts.Count == MostTexts)
            {
                texts.Clear();
            }

            texts[key] = text;
        }

        return text;
    }
}

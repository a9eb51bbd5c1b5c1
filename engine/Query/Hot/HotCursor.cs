using NetMon.Events;
using NetMon.Storage.Hot;

namespace NetMon.Query.Hot;

/// <summary>A place in a segment, and the texts of what repeats.</summary>
internal sealed class HotCursor
{
    private const int MostTexts = 65_536;
    private readonly Dictionary<UInt128, string> _addresses = [];
    private readonly Dictionary<UInt128, string> _processes = [];

    public string Node { get; private set; } = "";

    public HotBatch Batch { get; private set; } = null!;

    public int Row { get; set; }

    public RecordKind Kind => Batch.Kinds[Row];

    public bool IsConnect => Kind == RecordKind.Connect;

    public bool IsClose => Kind == RecordKind.Close;

    public ConnectResult Result => Vocabulary.ResultOf(Batch.Errors[Row], Batch.Flags[Row]);

    public ContainerIdentity? Container => Batch.ContainerOf(Row);

    /// <summary>Microseconds since 1970, cut off as in the sealed files.</summary>
    public DateTime Time => DateTime.UnixEpoch.AddTicks(Batch.Timestamps[Row] / 1000 * TimeSpan.TicksPerMicrosecond);

    public string SourceAddress => AddressOf(Batch.SourceAddresses[Row]);

    public string DestinationAddress => AddressOf(Batch.DestinationAddresses[Row]);

    public string Process
    {
        get
        {
            var name = Batch.Processes[Row];
            var key = Key(name);
            if (!_processes.TryGetValue(key, out var text))
            {
                text = System.Text.Encoding.UTF8.GetString(ProcessName.Trim(name));
                Keep(_processes, key, text);
            }

            return text;
        }
    }

    public void Begin(string node, HotBatch batch) => (Node, Batch) = (node, batch);

    private string AddressOf(InlineBytes16 address)
    {
        var key = Key(address);
        if (!_addresses.TryGetValue(key, out var text))
        {
            text = AddressText.Format(address);
            Keep(_addresses, key, text);
        }

        return text;
    }

    private static UInt128 Key(ReadOnlySpan<byte> bytes) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(bytes);

    private static void Keep(Dictionary<UInt128, string> texts, UInt128 key, string text)
    {
        if (texts.Count == MostTexts)
        {
            texts.Clear();
        }

        texts[key] = text;
    }
}

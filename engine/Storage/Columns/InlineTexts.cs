using System.Runtime.InteropServices;
using System.Text;
using NetMon.Events;
using NetMon.Parquet;

namespace NetMon.Storage.Columns;

/// <summary>The dictionary of a column of addresses or process names. Each is converted to text once per row group. Not thread-safe.</summary>
internal sealed class InlineTexts
{
    private readonly DistinctValues<UInt128> _distinct = new();

    /// <summary>The texts made by the last call.</summary>
    public PlainTexts Texts { get; } = new();

    /// <summary>Makes the dictionary of addresses, and returns each row's index in it.</summary>
    public void IndexAddresses(ReadOnlySpan<InlineBytes16> addresses, Span<uint> indices)
    {
        Span<byte> text = stackalloc byte[AddressText.MaxLength];
        Index(addresses, indices);
        foreach (ref readonly var address in _distinct.Values)
        {
            Texts.Add(text[..AddressText.Format(Bytes(in address), text)]);
        }
    }

    /// <summary>Makes the dictionary of process names, and returns each row's index in it. Bytes that are not valid UTF-8 become U+FFFD.</summary>
    public void IndexProcesses(ReadOnlySpan<InlineBytes16> names, Span<uint> indices)
    {
        Span<char> text = stackalloc char[16];
        Index(names, indices);
        foreach (ref readonly var name in _distinct.Values)
        {
            var bytes = Bytes(in name);
            var end = bytes.IndexOf((byte)0);
            Texts.Add(text[..Encoding.UTF8.GetChars(end < 0 ? bytes : bytes[..end], text)]);
        }
    }

    private void Index(ReadOnlySpan<InlineBytes16> values, Span<uint> indices)
    {
        Texts.Clear();
        _distinct.Clear();
        _distinct.TryIndex(MemoryMarshal.Cast<InlineBytes16, UInt128>(values), indices, most: int.MaxValue);
    }

    private static ReadOnlySpan<byte> Bytes(in UInt128 value) => MemoryMarshal.AsBytes(new ReadOnlySpan<UInt128>(in value));
}

using System.Buffers.Text;
using System.Text;
using NetMon.Events;
using NetMon.Foundation;

namespace NetMon.Pipeline.Json;

/// <summary>Appends text to a span, which must be long enough.</summary>
internal ref struct Utf8Cursor(Span<byte> to)
{
    private readonly Span<byte> _to = to;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The text so far.</summary>
    public readonly ReadOnlySpan<byte> Written => _to[..Length];

    public void Append(scoped ReadOnlySpan<byte> text)
    {
        text.CopyTo(_to[Length..]);
        Length += text.Length;
    }

    public void AppendAscii(string text)
    {
        Length += Encoding.ASCII.GetBytes(text, _to[Length..]);
    }

    public void Append(ulong number)
    {
        Utf8Formatter.TryFormat(number, _to[Length..], out var digits);
        Length += digits;
    }

    /// <summary>Appends the fractional second of a time.</summary>
    public void AppendFraction(uint nanoseconds) => Length += Rfc3339.WriteFraction(_to[Length..], nanoseconds, digits: 9);

    public void AppendAddress(scoped ReadOnlySpan<byte> address) => Length += AddressText.Format(address, _to[Length..]);

    /// <summary>Appends a character of a JSON string (RFC 8259 section 7).</summary>
    public void AppendEscaped(Rune rune)
    {
        switch (rune.Value)
        {
            case '"' or '\\':
                Append("\\"u8);
                break;
            case < 0x20:
                Append("\\u00"u8);
                Append("0123456789abcdef"u8.Slice(rune.Value >> 4, 1));
                Append("0123456789abcdef"u8.Slice(rune.Value & 0xf, 1));
                return;
        }

        Length += rune.EncodeToUtf8(_to[Length..]);
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using NetMon.Cluster;

namespace NetMon.Kubernetes.Json;

/// <summary>A short text of an object in a fixed buffer, so that reading does not allocate. Empty: missing or invalid.</summary>
internal sealed class TextField
{
    private readonly byte[] _bytes = new byte[FactProtocol.MaxNameBytes];
    private int _length;

    /// <summary>The text; valid until it is set again.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Whether it is missing or invalid.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Makes it empty.</summary>
    public void Clear() => _length = 0;

    /// <summary>Reads the reader's current value if it is a valid name; else becomes empty.</summary>
    public void SetName(ref Utf8JsonReader reader) =>
        Set(reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && FactProtocol.IsName(reader.ValueSpan) ? reader.ValueSpan : []);

    /// <summary>Reads the reader's current value if it is an address in the usual form; else becomes empty.</summary>
    public void SetAddress(ref Utf8JsonReader reader) =>
        Set(reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && IsAddress(reader.ValueSpan) ? reader.ValueSpan : []);

    /// <summary>Reads the reader's current value if it is an address range, ADDRESS/LENGTH; else becomes empty.</summary>
    public void SetRange(ref Utf8JsonReader reader) =>
        Set(reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && IsRange(reader.ValueSpan) ? reader.ValueSpan : []);

    public override string ToString() => Encoding.ASCII.GetString(Bytes);

    // Programs disagree on the meaning of forms such as 010.1 or 0x0a.1.1.1.
    private static bool IsAddress(ReadOnlySpan<byte> text)
    {
        Span<byte> usual = stackalloc byte[64];
        return text.Length <= 45 && text.IndexOf((byte)'%') < 0 && IPAddress.TryParse(text, out var address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || (address.TryFormat(usual, out var length) && usual[..length].SequenceEqual(text)));
    }

    private static bool IsRange(ReadOnlySpan<byte> text) =>
        text.IndexOf((byte)'/') is > 0 and var slash && IsAddress(text[..slash]) && text.Length <= 49 && IPNetwork.TryParse(text, out _);

    private void Set(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_bytes);
        _length = text.Length;
    }
}

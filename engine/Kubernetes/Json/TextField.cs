using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using NetMon.Cluster;

namespace NetMon.Kubernetes.Json;

/// <summary>A short text of an object, kept in place so that reading allocates nothing. Empty: not there, or nothing that is to be passed on.</summary>
internal sealed class TextField
{
    private readonly byte[] _bytes = new byte[FactProtocol.MaxNameBytes];
    private int _length;

    /// <summary>The text; valid until it is set again.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>It is not there.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Nothing.</summary>
    public void Clear() => _length = 0;

    /// <summary>Takes the value on which the reader stands if it can be a name; otherwise becomes empty.</summary>
    public void SetName(ref Utf8JsonReader reader) =>
        Set(reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && FactProtocol.IsName(reader.ValueSpan) ? reader.ValueSpan : []);

    /// <summary>Takes the value on which the reader stands if it is an address, in its one usual form; otherwise becomes empty.</summary>
    public void SetAddress(ref Utf8JsonReader reader) =>
        Set(reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && IsAddress(reader.ValueSpan) ? reader.ValueSpan : []);

    /// <summary>Takes the value on which the reader stands if it is a range of addresses, ADDRESS/LENGTH; otherwise becomes empty.</summary>
    public void SetRange(ref Utf8JsonReader reader) =>
        Set(reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && IsRange(reader.ValueSpan) ? reader.ValueSpan : []);

    public override string ToString() => Encoding.ASCII.GetString(Bytes);

    // Forms such as 010.1 or 0x0a.1.1.1 are addresses to some and others to others.
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

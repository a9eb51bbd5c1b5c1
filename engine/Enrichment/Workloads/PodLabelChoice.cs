using System.Buffers;
using System.Text;
using System.Text.Json;
using NetMon.Enrichment.Runtimes;

namespace NetMon.Enrichment.Workloads;

/// <summary>The pod labels that are added to events. Immutable and thread-safe.</summary>
public sealed class PodLabelChoice
{
    /// <summary>The maximum number of labels.</summary>
    public const int Most = 16;

    /// <summary>The maximum length of a value in Kubernetes, in bytes; longer values are truncated.</summary>
    public const int LongestValue = 63;

    /// <summary>The syntax that <see cref="Parse"/> accepts.</summary>
    public const string Takes = "none, or up to 16 comma-separated label keys, such as app.kubernetes.io/name,team";

    private const int LongestPrefix = 253;
    private const int LongestName = 63;

    private static readonly SearchValues<char> PrefixCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-");
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    private PodLabelChoice(IReadOnlyList<string> keys) => Keys = keys;

    /// <summary>No labels.</summary>
    public static PodLabelChoice None { get; } = new([]);

    /// <summary>The keys, in the order of the option.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>Parses the value of --pod-labels. Throws <see cref="FormatException"/>.</summary>
    public static PodLabelChoice Parse(string text)
    {
        if (text.Trim() is "none" or "")
        {
            return None;
        }

        var keys = text.Split(',', StringSplitOptions.TrimEntries);
        if (keys.FirstOrDefault(key => !IsKey(key)) is { } wrong)
        {
            throw new FormatException($"'{(wrong.Length <= LongestPrefix ? wrong : wrong[..LongestPrefix] + "...")}' is not a label key; expected {Takes}");
        }

        keys = [.. keys.Distinct()];
        return keys.Length <= Most ? new PodLabelChoice(keys) : throw new FormatException($"{keys.Length} labels are too many; expected {Takes}");
    }

    /// <summary>Returns the selected labels of a pod as a JSON object, in the order of the option; empty if it has none of them.</summary>
    internal string Of<T>(IEnumerable<KeyValuePair<string, T>>? labels)
        where T : class?
    {
        ArrayBufferWriter<byte>? json = null;
        Utf8JsonWriter? writer = null;
        foreach (var key in Keys)
        {
            if (labels is not IDictionary<string, T> lookup || !lookup.ContainsKey(key))
            {
                continue;
            }

            if (writer is null)
            {
                writer = new Utf8JsonWriter(json = new ArrayBufferWriter<byte>());
                writer.WriteStartObject();
            }

            writer.WriteString(key, Cut(lookup.Label(key)));
        }

        if (writer is null)
        {
            return "";
        }

        writer.WriteEndObject();
        writer.Dispose();
        return Encoding.UTF8.GetString(json!.WrittenSpan);
    }

    private static ReadOnlySpan<char> Cut(ReadOnlySpan<char> value)
    {
        var length = Math.Min(value.Length, LongestValue);
        while (Encoding.UTF8.GetByteCount(value[..length]) > LongestValue)
        {
            length--;
        }

        return length > 0 && length < value.Length && char.IsHighSurrogate(value[length - 1]) ? value[..(length - 1)] : value[..length];
    }

    /// <summary>Kubernetes' rule for keys: a name, optionally with a DNS name and a slash before it.</summary>
    private static bool IsKey(string key)
    {
        var slash = key.IndexOf('/');
        var (prefix, name) = slash < 0 ? ("", key) : (key[..slash], key[(slash + 1)..]);
        return name.Length is > 0 and <= LongestName && !name.AsSpan().ContainsAnyExcept(NameCharacters)
            && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1])
            && (slash < 0 || (prefix.Length is > 0 and <= LongestPrefix && !prefix.AsSpan().ContainsAnyExcept(PrefixCharacters)));
    }
}

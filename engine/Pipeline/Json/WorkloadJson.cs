using System.Text.Json;
using NetMon.Events;

namespace NetMon.Pipeline.Json;

/// <summary>The parts of a line about the owner's workload and its pod's labels, in each format.</summary>
internal static class WorkloadJson
{
    /// <summary>The maximum length of a workload: a namespace of 63 bytes, a slash, and a name.</summary>
    private const int MaxBytes = 320;

    private const int KindBytes = 32;

    /// <summary>Renders name and kind as two further keys of an object; empty if unknown.</summary>
    /// <param name="container">The container.</param>
    /// <param name="name">The comma and the name's key with quotes and colon.</param>
    /// <param name="kind">The comma and the kind's key with quotes and colon.</param>
    public static byte[] Keys(ContainerIdentity container, ReadOnlySpan<byte> name, ReadOnlySpan<byte> kind)
    {
        if (container.Workload.Length == 0)
        {
            return [];
        }

        var line = new Utf8Cursor(stackalloc byte[1024]);
        line.Append(name);
        JsonName.WriteText(ref line, container.Workload, MaxBytes);
        line.Append("\""u8);
        if (container.WorkloadKind.Length > 0)
        {
            line.Append(kind);
            JsonName.Write(ref line, container.WorkloadKind, KindBytes);
            line.Append("\""u8);
        }

        return line.Written.ToArray();
    }

    /// <summary>Returns the labels in the order of the option; empty if malformed.</summary>
    public static List<(string Key, string Value)> Labels(ContainerIdentity container)
    {
        List<(string, string)> labels = [];
        if (container.PodLabels.Length == 0)
        {
            return labels;
        }

        try
        {
            using var json = JsonDocument.Parse(container.PodLabels);
            foreach (var label in json.RootElement.EnumerateObject())
            {
                labels.Add((label.Name, label.Value.GetString() ?? ""));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            labels.Clear();
        }

        return labels;
    }

    /// <summary>Renders the labels as an object; empty if there are none.</summary>
    /// <param name="container">The container.</param>
    /// <param name="before">The comma and the object's key with quotes and colon.</param>
    /// <param name="keyOf">Returns the key of a label.</param>
    public static byte[] LabelObject(ContainerIdentity container, ReadOnlySpan<byte> before, Func<string, string> keyOf)
    {
        var labels = Labels(container);
        if (labels.Count == 0)
        {
            return [];
        }

        var line = new Utf8Cursor(new byte[32 * 1024]);
        line.Append(before);
        AppendLabels(ref line, labels, keyOf, "{\""u8);
        line.Append("}"u8);
        return line.Written.ToArray();
    }

    /// <summary>Renders the labels as further keys of an object; empty if there are none.</summary>
    /// <param name="container">The container.</param>
    /// <param name="keyOf">Returns the key of a label.</param>
    public static byte[] LabelKeys(ContainerIdentity container, Func<string, string> keyOf)
    {
        var line = new Utf8Cursor(new byte[32 * 1024]);
        AppendLabels(ref line, Labels(container), keyOf, ",\""u8);
        return line.Written.ToArray();
    }

    private static void AppendLabels(ref Utf8Cursor line, List<(string Key, string Value)> labels, Func<string, string> keyOf, ReadOnlySpan<byte> first)
    {
        foreach (var (key, value) in labels.Take(16))
        {
            line.Append(first);
            JsonName.WriteText(ref line, keyOf(key), JsonName.MaxBytes);
            line.Append("\":\""u8);
            JsonName.Write(ref line, value);
            line.Append("\""u8);
            first = ",\""u8;
        }
    }
}

using System.Text.Json;

namespace NetMon.Kubernetes.Json;

/// <summary>Steps through one JSON object property by property, without making objects or texts of it.</summary>
internal static class JsonWalk
{
    /// <summary>What readers of JSON throw for what it has in it; the second is for texts that are no Unicode.</summary>
    public static bool IsMalformed(Exception e) => e is JsonException or InvalidOperationException;

    /// <summary>Whether the reader, which stands on a value, may enter it as an object; if not, the value is skipped.</summary>
    /// <exception cref="JsonException">The JSON is malformed or ends early.</exception>
    public static bool IsObject(ref Utf8JsonReader reader) => IsA(ref reader, JsonTokenType.StartObject);

    /// <summary>The same for an array.</summary>
    /// <exception cref="JsonException">The JSON is malformed or ends early.</exception>
    public static bool IsArray(ref Utf8JsonReader reader) => IsA(ref reader, JsonTokenType.StartArray);

    /// <summary>Moves on to the next token, which there must be.</summary>
    /// <exception cref="JsonException">The JSON is malformed or ends early.</exception>
    public static void Read(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            throw new JsonException("the object is incomplete");
        }
    }

    /// <summary>Moves on to the name of the object's next property; false at its end.</summary>
    /// <exception cref="JsonException">The JSON is malformed or ends early.</exception>
    public static bool NextProperty(ref Utf8JsonReader reader)
    {
        Read(ref reader);
        return reader.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Moves on to the array's next element; false at its end.</summary>
    /// <exception cref="JsonException">The JSON is malformed or ends early.</exception>
    public static bool NextElement(ref Utf8JsonReader reader)
    {
        Read(ref reader);
        return reader.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>Skips the value on whose name, or on whose first token, the reader stands.</summary>
    /// <exception cref="JsonException">The JSON is malformed or ends early.</exception>
    public static void Skip(ref Utf8JsonReader reader)
    {
        if (!reader.TrySkip())
        {
            throw new JsonException("the object is incomplete");
        }
    }

    /// <summary>A number from 0 to 65535; otherwise 0.</summary>
    public static int Port(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetUInt16(out var port) ? port : 0;

    private static bool IsA(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (reader.TokenType == type)
        {
            return true;
        }

        Skip(ref reader);
        return false;
    }
}

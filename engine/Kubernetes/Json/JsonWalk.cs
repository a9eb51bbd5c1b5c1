using System.Text.Json;

namespace NetMon.Kubernetes.Json;

/// <summary>Iterates over a JSON object property by property, without creating objects or texts.</summary>
internal static class JsonWalk
{
    /// <summary>Whether an exception means that the JSON is malformed; InvalidOperationException is thrown for texts that are not valid Unicode.</summary>
    public static bool IsMalformed(Exception e) => e is JsonException or InvalidOperationException;

    /// <summary>Whether the reader's current value is an object; otherwise skips it.</summary>
    /// <exception cref="JsonException">The JSON is malformed or incomplete.</exception>
    public static bool IsObject(ref Utf8JsonReader reader) => IsA(ref reader, JsonTokenType.StartObject);

    /// <summary>Whether the reader's current value is an array; otherwise skips it.</summary>
    /// <exception cref="JsonException">The JSON is malformed or incomplete.</exception>
    public static bool IsArray(ref Utf8JsonReader reader) => IsA(ref reader, JsonTokenType.StartArray);

    /// <summary>Advances to the next token, which must exist.</summary>
    /// <exception cref="JsonException">The JSON is malformed or incomplete.</exception>
    public static void Read(ref Utf8JsonReader reader)
    {
        if (!reader.Read())
        {
            throw new JsonException("the object is incomplete");
        }
    }

    /// <summary>Advances to the name of the object's next property; false at its end.</summary>
    /// <exception cref="JsonException">The JSON is malformed or incomplete.</exception>
    public static bool NextProperty(ref Utf8JsonReader reader)
    {
        Read(ref reader);
        return reader.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Advances to the array's next element; false at its end.</summary>
    /// <exception cref="JsonException">The JSON is malformed or incomplete.</exception>
    public static bool NextElement(ref Utf8JsonReader reader)
    {
        Read(ref reader);
        return reader.TokenType != JsonTokenType.EndArray;
    }

    /// <summary>Skips a value; the reader must be at its name or its first token.</summary>
    /// <exception cref="JsonException">The JSON is malformed or incomplete.</exception>
    public static void Skip(ref Utf8JsonReader reader)
    {
        if (!reader.TrySkip())
        {
            throw new JsonException("the object is incomplete");
        }
    }

    /// <summary>Reads a number from 0 to 65535; 0 for anything else.</summary>
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

namespace NetMon.Storage.Uploads;

/// <summary>
/// The protocol between netmon-query and its child process <c>netmon-archive fetch</c>: lines of tab-separated words, with special
/// characters encoded as %XX. Requests go to the child's stdin, answers come from its stdout. Each request is answered before the next
/// is sent, except for <see cref="Get"/>. The child exits when its stdin is closed.
/// </summary>
public static class FetchProtocol
{
    /// <summary>The name of the child's command.</summary>
    public const string Command = "fetch";

    /// <summary>PREFIX AFTER UNTIL: lists the objects of a prefix with keys after AFTER and up to UNTIL, if these are not empty. Answered by <see cref="Object"/> lines and <see cref="End"/>.</summary>
    public const string List = "list";

    /// <summary>PREFIX: lists the folders directly below a prefix that ends in '/'. Answered by <see cref="Folder"/> lines and <see cref="End"/>.</summary>
    public const string Folders = "folders";

    /// <summary>KEY BYTES TAG FROM PATH: downloads an object from offset FROM into a new file. Answered by <see cref="Got"/> or <see cref="Lost"/>, in any order.</summary>
    public const string Get = "get";

    /// <summary>KEY BYTES TAG: an object, its size and its entity tag.</summary>
    public const string Object = "object";

    /// <summary>NAME: a folder, without the prefix and the slash.</summary>
    public const string Folder = "folder";

    /// <summary>The end of an answer.</summary>
    public const string End = "end";

    /// <summary>KEY: its file is complete.</summary>
    public const string Got = "got";

    /// <summary>KEY WHY: the object is not available; others may be.</summary>
    public const string Lost = "lost";

    /// <summary>BYTES: bytes received since the last such line.</summary>
    public const string Bytes = "bytes";

    /// <summary>WHY: the bucket is not available; the child exits.</summary>
    public const string Error = "error";

    /// <summary>Formats a line of words, without the newline.</summary>
    public static string Line(params IEnumerable<string> words) => string.Join('\t', words.Select(Uri.EscapeDataString));

    /// <summary>Parses the words of a line.</summary>
    public static string[] Words(string line) => Array.ConvertAll(line.Split('\t'), Uri.UnescapeDataString);
}

namespace NetMon.Storage.Uploads;

/// <summary>
/// What netmon-query and its child <c>netmon-archive fetch</c> write to each other: lines of words with tabs between, each word with
/// what is not a plain character as %XX. Requests go to the child's stdin, answers come from its stdout; one request is answered
/// before the next is sent, but for <see cref="Get"/>. The child ends with its stdin.
/// </summary>
public static class FetchProtocol
{
    /// <summary>The name of the child's command.</summary>
    public const string Command = "fetch";

    /// <summary>PREFIX AFTER UNTIL: asks for the objects of a prefix whose keys are behind AFTER and not behind UNTIL, where these are not empty. Answered by <see cref="Object"/> lines and <see cref="End"/>.</summary>
    public const string List = "list";

    /// <summary>PREFIX: asks for the folders directly below a prefix that ends in '/'. Answered by <see cref="Folder"/> lines and <see cref="End"/>.</summary>
    public const string Folders = "folders";

    /// <summary>KEY BYTES TAG FROM PATH: puts an object's bytes from FROM on into a new file. Answered by <see cref="Got"/> or <see cref="Lost"/>, in any order.</summary>
    public const string Get = "get";

    /// <summary>KEY BYTES TAG: an object, its size and its entity tag.</summary>
    public const string Object = "object";

    /// <summary>NAME: a folder, without the prefix and the slash.</summary>
    public const string Folder = "folder";

    /// <summary>The end of an answer.</summary>
    public const string End = "end";

    /// <summary>KEY: its file is complete.</summary>
    public const string Got = "got";

    /// <summary>KEY WHY: it can't be had, others may.</summary>
    public const string Lost = "lost";

    /// <summary>BYTES: as many have come since the last such line.</summary>
    public const string Bytes = "bytes";

    /// <summary>WHY: nothing can be had; the child ends.</summary>
    public const string Error = "error";

    /// <summary>A line of words, without its end.</summary>
    public static string Line(params IEnumerable<string> words) => string.Join('\t', words.Select(Uri.EscapeDataString));

    /// <summary>The words of a line.</summary>
    public static string[] Words(string line) => Array.ConvertAll(line.Split('\t'), Uri.UnescapeDataString);
}

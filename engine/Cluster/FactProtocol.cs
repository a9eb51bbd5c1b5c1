namespace NetMon.Cluster;

/// <summary>
/// The format of <c>netmon-kubernetes</c>'s stdout: one line per fact, words separated by one space, ASCII, with "-" for an empty word. The first line is
/// <see cref="Version"/>. A list consists of <see cref="Begin"/>, objects and <see cref="End"/>: objects of the kind that are not in the list are removed
/// at its end. An object consists of its first line (<see cref="Service"/>, <see cref="Slice"/> or <see cref="Node"/>), its facts, and
/// <see cref="Done"/>; once complete, it replaces the previous state of the object. Objects of different kinds may alternate, but their lines are not
/// mixed. A malformed line is counted and skipped together with the object that contains it.
/// </summary>
public static class FactProtocol
{
    /// <summary>The first line: the protocol's name and version. Readers reject other versions.</summary>
    public const string Version = "netmon-kubernetes 2";

    /// <summary>KIND: a complete list of services, slices or nodes begins.</summary>
    public const string Begin = "begin";

    /// <summary>KIND: the list is complete.</summary>
    public const string End = "end";

    /// <summary>NAMESPACE NAME: a Service.</summary>
    public const string Service = "service";

    /// <summary>NAMESPACE NAME SERVICE|-: an EndpointSlice, and the Service (of the same namespace) that it belongs to.</summary>
    public const string Slice = "slice";

    /// <summary>NAME ZONE|-: a node.</summary>
    public const string Node = "node";

    /// <summary>ADDRESS: for a Service, an address at which it serves each of its ports (cluster, external, load balancer); for a node, its own.</summary>
    public const string Address = "address";

    /// <summary>ADDRESS/LENGTH: a range from which the addresses of a node's pods may be assigned.</summary>
    public const string Range = "range";

    /// <summary>NUMBER NODEPORT: for a Service, a TCP port and its port on each node, or 0; for a slice, a TCP port of all its endpoints, and 0.</summary>
    public const string Port = "port";

    /// <summary>ADDRESS POD|- NODE|- ZONE|-: an address of a slice; the pod is in the slice's namespace.</summary>
    public const string Endpoint = "endpoint";

    /// <summary>The end of an object.</summary>
    public const string Done = ".";

    /// <summary>KIND NAMESPACE|- NAME: the object was deleted.</summary>
    public const string Remove = "remove";

    /// <summary>
    /// KIND listing|watching|away AGE REQUESTS RELISTS ERRORS LEFTOUT BYTES: the state of a kind's watch, every few seconds. AGE is the number of seconds since
    /// the API server last sent anything; the other numbers are counts since the start of this process.
    /// </summary>
    public const string State = "state";

    /// <summary>KIND TEXT: why the watch is interrupted; the rest of the line is a message for the operator.</summary>
    public const string Why = "why";

    /// <summary>Stands for an unknown word, or one that does not apply.</summary>
    public const string Nothing = "-";

    /// <summary>The maximum length of a line without its newline; the longest has three names of 253 bytes and an address.</summary>
    public const int MaxLineBytes = 1024;

    /// <summary>The maximum number of facts of an object; an object with more is left out.</summary>
    public const int MaxFacts = 4096;

    /// <summary>The maximum length of an object's name: a DNS subdomain.</summary>
    public const int MaxNameBytes = 253;

    private static readonly string[] Kinds = ["services", "slices", "nodes"];
    private static readonly string[] States = ["listing", "watching", "away"];

    /// <summary>Returns the word for a kind.</summary>
    public static string WordOf(ClusterKind kind) => Kinds[(int)kind];

    /// <summary>Returns the word for a state.</summary>
    public static string WordOf(WatchPhase phase) => States[(int)phase];

    /// <summary>Returns the kind of a word; null if unknown.</summary>
    public static ClusterKind? KindOf(ReadOnlySpan<byte> word) => IndexOf(Kinds, word) is >= 0 and var index ? (ClusterKind)index : null;

    /// <summary>Returns the state of a word; null if unknown.</summary>
    public static WatchPhase? PhaseOf(ReadOnlySpan<byte> word) => IndexOf(States, word) is >= 0 and var index ? (WatchPhase)index : null;

    /// <summary>Whether a text is a valid name of an object, a namespace or a zone: letters, digits, '-', '.' and '_', up to <see cref="MaxNameBytes"/>.</summary>
    public static bool IsName(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > MaxNameBytes || (text.Length == 1 && text[0] == '-'))
        {
            return false;
        }

        foreach (var letter in text)
        {
            if (!char.IsAsciiLetterOrDigit((char)letter) && letter is not ((byte)'-' or (byte)'.' or (byte)'_'))
            {
                return false;
            }
        }

        return true;
    }

    private static int IndexOf(string[] words, ReadOnlySpan<byte> word)
    {
        for (var index = 0; index < words.Length; index++)
        {
            if (System.Text.Ascii.Equals(word, words[index]))
            {
                return index;
            }
        }

        return -1;
    }
}

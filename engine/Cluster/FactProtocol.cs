namespace NetMon.Cluster;

/// <summary>
/// What <c>netmon-kubernetes</c> writes to its stdout: one line per fact, words with one space between, ASCII. "-" is a word for
/// nothing. The first line is <see cref="Version"/>. A list is <see cref="Begin"/>, objects, <see cref="End"/>: what was known of the
/// kind and is not in the list is gone at the end, and stays until then. An object is its first line (<see cref="Service"/>,
/// <see cref="Slice"/> or <see cref="Node"/>), its facts, and <see cref="Done"/>; it replaces what was known of it, and counts only once
/// it is complete. Objects of different kinds may alternate, but their lines do not mix. A line that can't be understood is
/// counted and skipped, with the object that it is in.
/// </summary>
public static class FactProtocol
{
    /// <summary>The first line: the protocol's name and version. A reader refuses another one.</summary>
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

    /// <summary>ADDRESS: of a Service an address at which each of its ports answers (cluster, external, load balancer); of a node its own.</summary>
    public const string Address = "address";

    /// <summary>ADDRESS/LENGTH: a range that a node's pods may have their addresses from.</summary>
    public const string Range = "range";

    /// <summary>NUMBER NODEPORT: a TCP port of a Service, and the port that it has on each node, else 0; of a slice a TCP port of all its endpoints, and 0.</summary>
    public const string Port = "port";

    /// <summary>ADDRESS POD|- NODE|- ZONE|-: an address of a slice; the pod is of the slice's namespace.</summary>
    public const string Endpoint = "endpoint";

    /// <summary>The end of an object.</summary>
    public const string Done = ".";

    /// <summary>KIND NAMESPACE|- NAME: the object is gone.</summary>
    public const string Remove = "remove";

    /// <summary>
    /// KIND listing|watching|away AGE REQUESTS RELISTS ERRORS LEFTOUT BYTES: how the watch of a kind is doing, every few seconds. AGE is the
    /// seconds since the API server sent anything; the other numbers count from the start of this process.
    /// </summary>
    public const string State = "state";

    /// <summary>KIND TEXT: why the watch is away; the rest of the line is for people.</summary>
    public const string Why = "why";

    /// <summary>What stands for a word that is not known or does not apply.</summary>
    public const string Nothing = "-";

    /// <summary>The longest line, without its end: three names of 253 bytes and an address are the most that one needs.</summary>
    public const int MaxLineBytes = 1024;

    /// <summary>The most facts of one object; an object with more is left out.</summary>
    public const int MaxFacts = 4096;

    /// <summary>The longest name of an object: a DNS subdomain.</summary>
    public const int MaxNameBytes = 253;

    private static readonly string[] Kinds = ["services", "slices", "nodes"];
    private static readonly string[] States = ["listing", "watching", "away"];

    /// <summary>The word of a kind.</summary>
    public static string WordOf(ClusterKind kind) => Kinds[(int)kind];

    /// <summary>The word of a state.</summary>
    public static string WordOf(WatchPhase phase) => States[(int)phase];

    /// <summary>The kind of a word; null if there is none.</summary>
    public static ClusterKind? KindOf(ReadOnlySpan<byte> word) => IndexOf(Kinds, word) is >= 0 and var index ? (ClusterKind)index : null;

    /// <summary>The state of a word; null if there is none.</summary>
    public static WatchPhase? PhaseOf(ReadOnlySpan<byte> word) => IndexOf(States, word) is >= 0 and var index ? (WatchPhase)index : null;

    /// <summary>Whether a text can be the name of an object, a namespace or a zone: letters, digits, '-', '.' and '_', up to <see cref="MaxNameBytes"/>.</summary>
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

using System.Text;

namespace NetMon.Enrichment.Runtimes;

/// <summary>The address of a container runtime.</summary>
/// <param name="SocketPath">Absolute path of its Unix socket.</param>
/// <param name="Kind">Its protocol.</param>
/// <param name="IsUsualPlace">Whether it is a default, which is not reported if missing.</param>
public sealed record RuntimeEndpoint(string SocketPath, RuntimeKind Kind, bool IsUsualPlace = false)
{
    /// <summary>The maximum number of endpoints: one bit each.</summary>
    public const int Limit = 32;

    /// <summary>The syntax that <see cref="ParseList"/> accepts.</summary>
    public const string Takes =
        "auto, none, or a comma-separated list of unix:///SOCKET, cri:///SOCKET, docker:///SOCKET or an absolute path";

    /// <summary>sun_path has 108 bytes, the last of them 0 (unix(7)).</summary>
    private const int LongestPath = 107;

    private const char Separator = ',';

    /// <summary>The default paths of runtimes' sockets in distributions. k3s and RKE2 share one.</summary>
    public static IReadOnlyList<RuntimeEndpoint> UsualPlaces { get; } =
    [
        Usual("/run/containerd/containerd.sock"),
        Usual("/run/k3s/containerd/containerd.sock"),
        Usual("/var/snap/microk8s/common/run/containerd.sock"),
        Usual("/run/k0s/containerd.sock"),
        Usual("/run/crio/crio.sock"),
        Usual("/run/cri-dockerd.sock"),
        Usual("/run/docker.sock"),
        Usual("/run/podman/podman.sock"),
    ];

    /// <summary>The endpoint as written: cri:///run/crio/crio.sock.</summary>
    public string Address => (Kind == RuntimeKind.Docker ? "docker://" : "cri://") + SocketPath;

    /// <summary>Parses the value of --runtime-endpoint; removes duplicate sockets. Throws <see cref="FormatException"/>.</summary>
    public static IReadOnlyList<RuntimeEndpoint> ParseList(string text)
    {
        if (text.Trim() == "none")
        {
            return [];
        }

        List<RuntimeEndpoint> endpoints = [];
        foreach (var part in text.Split(Separator, StringSplitOptions.TrimEntries))
        {
            foreach (var endpoint in part == "auto" ? UsualPlaces : [Parse(part)])
            {
                // An explicit endpoint takes precedence over a default, anywhere in the list.
                var same = endpoints.FindIndex(e => e.SocketPath == endpoint.SocketPath);
                if (same < 0)
                {
                    endpoints.Add(endpoint);
                }
                else if (endpoints[same].IsUsualPlace && !endpoint.IsUsualPlace)
                {
                    endpoints[same] = endpoint;
                }
                else if (endpoints[same].Kind != endpoint.Kind && !endpoint.IsUsualPlace)
                {
                    throw new FormatException($"{endpoint.SocketPath} can't be both a CRI and a Docker socket; list it once");
                }
            }
        }

        return endpoints.Count <= Limit
            ? endpoints
            : throw new FormatException($"{endpoints.Count} runtime endpoints are too many; the limit is {Limit}");
    }

    private static RuntimeEndpoint Parse(string text)
    {
        var (scheme, path) = text.Split("://", 2) is [var first, var second] ? (first, second) : ("", text);
        if (text == "none")
        {
            throw new FormatException("none can't be combined with other endpoints");
        }

        if (scheme is not ("" or "unix" or "cri" or "docker"))
        {
            throw new FormatException($"{text}: unknown scheme {scheme}; expected {Takes}");
        }

        if (!path.StartsWith('/') || path.EndsWith('/') || path.AsSpan().ContainsAnyInRange('\0', '\x1f'))
        {
            throw new FormatException($"'{Shown(text)}' is not an absolute socket path; expected {Takes}");
        }

        if (Encoding.UTF8.GetByteCount(path) > LongestPath)
        {
            throw new FormatException($"{Shown(path)} is longer than the {LongestPath} bytes that a Unix socket's path may have");
        }

        return new RuntimeEndpoint(path, scheme switch
        {
            "cri" => RuntimeKind.Cri,
            "docker" => RuntimeKind.Docker,
            _ => KindByName(path),
        });
    }

    private static string Shown(string text) => text.Length <= 120 ? text : text[..120] + "...";

    private static RuntimeKind KindByName(string path) =>
        Path.GetFileName(path) is "docker.sock" or "podman.sock" ? RuntimeKind.Docker : RuntimeKind.Cri;

    private static RuntimeEndpoint Usual(string path) => new(path, KindByName(path), IsUsualPlace: true);
}

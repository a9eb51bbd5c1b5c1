using System.Formats.Tar;

namespace NetMon.LiveTests.Support;

/// <summary>
/// A cluster for the kubectl plugin: a stand-in for kubectl lists pods from a file and runs their commands with the built
/// programs over local captures. A file records its calls.
/// </summary>
internal sealed class PluginCluster : IDisposable
{
    private readonly Scratch _scratch = new();

    public PluginCluster()
    {
        File.WriteAllText(_scratch["pods"], "");
        Directory.CreateDirectory(_scratch["tmp"]);
        File.WriteAllText(_scratch["kubectl"], $$"""
            #!/bin/bash
            [[ $1 != netmon ]] || exec '{{Plugin}}' "${@:2}" # as kubectl does with a plugin
            cd '{{_scratch.Path}}' || exit 9
            echo "$*" >>asked
            if [[ $* == *" get pods "* || $* == "get pods "* ]]; then
                [[ ! -e forbidden || $* != *--all-namespaces* ]] || { echo 'Error from server (Forbidden): pods is forbidden' >&2; exit 1; }
                [[ $* == *app.kubernetes.io/name=netmon* || -e old ]] && cat pods
                exit 0
            fi
            while [[ $1 != exec ]]; do shift; done
            # exec --namespace NAMESPACE POD --container query -- /netmon ...
            pod=$4
            shift 7
            [[ $1 == /netmon ]] || { echo "unexpected: $*" >&2; exit 9; }
            shift
            if [[ -e $pod.fails ]]; then cat "$pod.fails" >&2; exit 1; fi
            if [[ -e $pod.hangs ]]; then trap '' TERM; echo $BASHPID >$pod.hanging; sleep 100000; exit; fi
            if [[ -e $pod.sends ]]; then cat "$pod.sends"; exit; fi
            export NETMON_CAPTURE=$pod
            '{{Repository.Agent}}' "$@"
            code=$?
            ((!code)) || echo "command terminated with exit code $code" >&2
            exit $code

            """);
        Shell.Run("chmod", "+x", _scratch["kubectl"]).MustSucceed();
    }

    /// <summary>A path in the folder of the cluster.</summary>
    public string this[string name] => _scratch[name];

    /// <summary>The plugin's calls of kubectl, one per line.</summary>
    public string[] Asked => File.ReadAllLines(_scratch["asked"]);

    /// <summary>The remaining files in the folder for temporary files.</summary>
    public string[] Temporary => Directory.GetFileSystemEntries(_scratch["tmp"]);

    /// <summary>Adds a node with an agent pod that has a capture: node-1 has pod-1.</summary>
    public SampleCapture AddNode(int number)
    {
        AddPod($"monitoring|pod-{number}|node-{number}|Running||netmon query|true|");
        return new SampleCapture(_scratch[$"pod-{number}"]);
    }

    /// <summary>
    /// Adds a pod as kubectl lists it: namespace, name, node, phase, time of deletion, containers, whether query is ready, why it waits.
    /// </summary>
    public void AddPod(string line) => File.AppendAllText(_scratch["pods"], line + "\n");

    /// <summary>The fault in that node's pod: fails (with this text), hangs, or sends (this file's content).</summary>
    public void Let(int number, string what, byte[]? content = null) => File.WriteAllBytes(_scratch[$"pod-{number}.{what}"], content ?? "error: unable to upgrade connection\n"u8.ToArray());

    /// <summary>Runs the plugin until it exits.</summary>
    public Shell.Result Run(params string[] arguments) => Shell.Run("env", [.. Environment, Plugin, .. arguments]);

    /// <summary>Runs a shell command in the folder; $netmon is the plugin.</summary>
    public Shell.Result Script(string script) => Shell.Run("env", [.. Environment, $"netmon={Plugin}", "/bin/sh", "-c", $"cd {_scratch.Path} && {script}"]);

    /// <summary>A tar archive of entries, as a node sends it.</summary>
    public static byte[] Tar(params TarEntry[] entries)
    {
        using var bytes = new MemoryStream();
        using (var archive = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var entry in entries)
            {
                archive.WriteEntry(entry);
            }
        }

        return bytes.ToArray();
    }

    /// <summary>A regular file for <see cref="Tar"/>.</summary>
    public static TarEntry Entry(string name) => new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream("evil"u8.ToArray()) };

    public void Dispose() => _scratch.Dispose();

    private static string Plugin => Path.Combine(Repository.Root, "ops/kubectl/kubectl-netmon");

    private string[] Environment => [$"PATH={_scratch.Path}:{System.Environment.GetEnvironmentVariable("PATH")}", $"TMPDIR={_scratch["tmp"]}"];
}

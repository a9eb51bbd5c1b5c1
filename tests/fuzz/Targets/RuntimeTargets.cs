using System.Buffers;
using System.Text.Json;
using NetMon.Enrichment.Pods;
using NetMon.Enrichment.Runtimes;
using NetMon.Enrichment.Runtimes.Cri;
using NetMon.Enrichment.Runtimes.Docker;
using NetMon.Enrichment.Workloads;
using NetMon.Events;

namespace NetMon.Fuzz.Targets;

/// <summary>Answers of container runtimes.</summary>
internal static class RuntimeTargets
{
    /// <summary>A gRPC message, parsed as each supported type.</summary>
    public static void Cri(ReadOnlyMemory<byte> input)
    {
        foreach (var read in (Action[])
            [
                () => CriMessages.AddContainers(input.Span, Found()),
                () => CriMessages.AddSandboxes(input.Span, Found(), Pods()),
                () => CriMessages.AddContainerd(input.Span, Found(), Pods()),
                () => AssertBounded(CriMessages.News(input.Span, Pods())),
                () => CriMessages.Addresses(input.Span, Pods()),
                () => CriMessages.CreatedId(input.Span, "k8s.io", "/containers/create"),
                () => ParseVersion(input),
            ])
        {
            try
            {
                read();
            }
            catch (RuntimeException)
            {
                // Refused.
            }
        }

        FoundContainers Found() => new(["wanted"]);
    }

    /// <summary>An HTTP body, parsed as each supported type, and as lines of events in pieces of any size.</summary>
    public static void Docker(ReadOnlyMemory<byte> input)
    {
        var body = new ReadOnlySequence<byte>(input);
        foreach (var read in (Action[])
            [
                () => AddContainers(body),
                () => DockerAnswers.Version(in body),
                () => AssertBounded(DockerAnswers.News(in body, Pods(), new StartedContainers())),
                () => FollowAsync(input).GetAwaiter().GetResult(),
            ])
        {
            try
            {
                read();
            }
            catch (Exception e) when (e is JsonException or RuntimeException)
            {
                // Refused.
            }
        }
    }

    private static void ParseVersion(ReadOnlyMemory<byte> input)
    {
        var version = CriMessages.Version(input.Span);
        RuntimeVersion.Parse(version.RuntimeName, version.RuntimeVersion);
    }

    private static void AddContainers(in ReadOnlySequence<byte> body)
    {
        var found = new FoundContainers(["wanted"]);
        DockerAnswers.AddContainers(in body, found, Pods(), container => DockerPods.Addresses(container, 1));
        foreach (var container in found.Kept)
        {
            AssertBounded(container);
        }
    }

    private static async Task FollowAsync(ReadOnlyMemory<byte> input)
    {
        await foreach (var line in LineReader.LinesAsync(Bytes.Stream(input), DockerRuntime.LongestLine, CancellationToken.None).ConfigureAwait(false))
        {
            AssertBounded(DockerAnswers.News(in line, Pods(), new StartedContainers()));
        }
    }

    private static PodSandboxes Pods() => new(new PodNaming("node"));

    private static void AssertBounded(RuntimeNews? news)
    {
        if (news?.Container is { } container)
        {
            AssertBounded(container);
        }

        foreach (var pod in news?.Pods.Pods ?? [])
        {
            if (pod.Addresses.Count > PodAddresses.Most || pod.SandboxId.Length is 0 or > PodLabels.LongestId)
            {
                throw new FuzzFinding("a sandbox has more addresses than its bound, or no id");
            }
        }
    }

    private static void AssertBounded(ContainerIdentity container)
    {
        if (container.ContainerId.Length is 0 or > PodLabels.LongestId || container.PodName.Length > PodLabels.LongestName || container.Image.Length > PodLabels.LongestImage
            || container.Workload.Length > 2 * PodLabels.LongestName + 1)
        {
            throw new FuzzFinding("a name is longer than its bound, or a container has no id");
        }
    }
}

using System.Text;
using Google.Protobuf;
using NetMon.Enrichment.Pods;
using NetMon.Enrichment.Runtimes.Cri.Wire;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>
/// Reads names from messages part by part: objects exist for one container at a time only, and for none larger than
/// <see cref="FoundContainers.LargestElement"/>. Malformed messages throw <see cref="RuntimeException"/>.
/// </summary>
internal static class CriMessages
{
    private const int Id = 1;
    private const int EventContainerId = 1;
    private const int EventType = 2;
    private const int EventTime = 3;
    private const int EventSandbox = 4;
    private const int EventContainer = 5;
    private const int EnvelopeEvent = 4;
    private const int PackedValue = 2;

    private static readonly MessageParser<Container> ContainerParser = Container.Parser.WithDiscardUnknownFields(true);
    private static readonly MessageParser<PodSandbox> SandboxParser = PodSandbox.Parser.WithDiscardUnknownFields(true);
    private static readonly MessageParser<ContainerStatus> ContainerStatusParser = ContainerStatus.Parser.WithDiscardUnknownFields(true);
    private static readonly MessageParser<PodSandboxStatus> SandboxStatusParser = PodSandboxStatus.Parser.WithDiscardUnknownFields(true);
    private static readonly MessageParser<Wire.Containerd.Container> ContainerdParser = Wire.Containerd.Container.Parser.WithDiscardUnknownFields(true);
    private static readonly MessageParser<VersionResponse> VersionParser = VersionResponse.Parser.WithDiscardUnknownFields(true);

    /// <summary>Parses a runtime's version; rejects messages larger than 64 KiB.</summary>
    public static VersionResponse Version(ReadOnlySpan<byte> message) =>
        message.Length <= 64 << 10 ? Parsed(VersionParser, message) : throw new RuntimeException("its version is longer than 64 KiB");

    /// <summary>Parses a ListContainersResponse.</summary>
    public static void AddContainers(ReadOnlySpan<byte> message, FoundContainers found) =>
        AddAll(message, found, part =>
        {
            var container = Parsed(ContainerParser, part);
            AddIdentified(found, CriNames.Of(container), container.PodSandboxId);
        });

    /// <summary>Parses a ListPodSandboxResponse, and requests the addresses of ready sandboxes.</summary>
    /// <returns>The ids of ready sandboxes; incomplete if some were left out.</returns>
    public static HashSet<string> AddSandboxes(ReadOnlySpan<byte> message, FoundContainers found, PodSandboxes pods)
    {
        HashSet<string> ready = [];
        AddAll(message, found, part =>
        {
            var sandbox = Parsed(SandboxParser, part);
            var facts = CriPods.Facts(sandbox, pods.Naming);
            pods.Add(PodLabels.IdOrNone(sandbox.Id), facts);
            AddIdentified(found, CriNames.Sandbox(sandbox.Id, facts));
            if (sandbox.State == PodSandboxState.SandboxReady)
            {
                ready.Add(sandbox.Id);
                pods.WantAddresses(sandbox.Id);
            }
        });
        return ready;
    }

    /// <summary>Parses containerd's own ListContainersResponse; ignores containers without a Kubernetes name.</summary>
    public static void AddContainerd(ReadOnlySpan<byte> message, FoundContainers found, PodSandboxes pods) => AddAll(message, found, part =>
    {
        var container = Parsed(ContainerdParser, part);
        if (CriNames.IsSandbox(container))
        {
            // Only labels are available, not a pod's annotations.
            var facts = pods.Naming.Of(PodLabels.Pod(container.Labels), container.Labels, null);
            pods.Add(PodLabels.IdOrNone(container.Id), facts);
            AddIdentified(found, CriNames.Sandbox(container.Id, facts));
        }
        else if (CriNames.Of(container) is { IsNamed: true } identity)
        {
            AddIdentified(found, identity, "");
        }
    });

    /// <summary>Parses a PodSandboxStatusResponse; null if the sandbox is not ready, or has no addresses.</summary>
    public static PodAddresses? Addresses(ReadOnlySpan<byte> message, PodSandboxes pods)
    {
        const int Status = 1;
        var status = WireReader.Find(message, Status);
        return status.Length is > 0 and <= FoundContainers.LargestElement ? Addresses(Parsed(SandboxStatusParser, status), pods) : null;
    }

    /// <summary>
    /// Parses a ContainerEventResponse: the container or sandbox that was created or started, with the pod's addresses if they were unknown; or the end of a
    /// container or sandbox. Null for other events.
    /// </summary>
    public static RuntimeNews? News(ReadOnlySpan<byte> message, PodSandboxes pods)
    {
        if (message.Length > FoundContainers.LargestElement)
        {
            return null;
        }

        ReadOnlySpan<byte> id = default, sandbox = default;
        var (type, at) = (ContainerEventType.ContainerCreatedEvent, 0L);
        var head = new WireReader(message);
        while (head.Next())
        {
            switch (head.Field)
            {
                case EventContainerId:
                    id = head.Bytes;
                    break;
                case EventType:
                    type = (ContainerEventType)head.Number;
                    break;
                case EventTime:
                    at = (long)head.Number;
                    break;
                case EventSandbox:
                    sandbox = head.Bytes;
                    break;
            }
        }

        if (id.IsEmpty || id.Length > PodLabels.LongestId)
        {
            return null;
        }

        if (type is not (ContainerEventType.ContainerCreatedEvent or ContainerEventType.ContainerStartedEvent))
        {
            return new RuntimeNews(null, PodNews.None with { Ended = [new PodEnd(Encoding.UTF8.GetString(id), at)] });
        }

        // Each event repeats the pod's status.
        var addresses = Sandbox(sandbox, pods);
        var news = addresses is null ? PodNews.None : PodNews.None with { Pods = [addresses] };
        var sandboxId = Encoding.UTF8.GetString(WireReader.Find(sandbox, Id));
        if (sandboxId == Encoding.UTF8.GetString(id))
        {
            return pods.Of(sandboxId) is { } facts ? new RuntimeNews(CriNames.Sandbox(sandboxId, facts), news) : null;
        }

        // Each event contains the state of all the pod's containers.
        var statuses = new WireReader(message);
        while (statuses.Next())
        {
            if (statuses.Field == EventContainer && WireReader.Find(statuses.Bytes, Id).SequenceEqual(id))
            {
                return new RuntimeNews(pods.Join(CriNames.Of(Parsed(ContainerStatusParser, statuses.Bytes)), sandboxId), news);
            }
        }

        return addresses is null ? null : new RuntimeNews(null, news);
    }

    /// <summary>Parses an Envelope of containerd's event service; returns the created container's id, or empty for other events.</summary>
    public static string CreatedId(ReadOnlySpan<byte> message, string ofNamespace, string ofTopic)
    {
        const int Namespace = 2;
        const int Topic = 3;
        return message.Length <= FoundContainers.LargestElement
            && Ascii.Equals(WireReader.Find(message, Namespace), ofNamespace)
            && Ascii.Equals(WireReader.Find(message, Topic), ofTopic)
            ? Encoding.UTF8.GetString(WireReader.Find(WireReader.Find(WireReader.Find(message, EnvelopeEvent), PackedValue), Id))
            : "";
    }

    /// <summary>Processes the sandbox of an event; returns its addresses if they were not reported yet.</summary>
    private static PodAddresses? Sandbox(ReadOnlySpan<byte> sandbox, PodSandboxes pods)
    {
        var id = WireReader.Find(sandbox, Id);
        return id.IsEmpty || id.Length > PodLabels.LongestId || pods.HasAddresses(Encoding.UTF8.GetString(id))
            ? null
            : Addresses(Parsed(SandboxStatusParser, sandbox), pods);
    }

    private static PodAddresses? Addresses(PodSandboxStatus status, PodSandboxes pods)
    {
        var id = PodLabels.IdOrNone(status.Id);
        if (pods.Of(id) is not { } facts)
        {
            pods.Add(id, facts = CriPods.Facts(status, pods.Naming));
        }

        var addresses = CriPods.Addresses(status, facts);
        if (addresses is not null)
        {
            pods.AddressesKnown(id);
        }

        return addresses;
    }

    private static void AddIdentified(FoundContainers found, ContainerIdentity container, string? sandboxId = null)
    {
        if (container.ContainerId.Length > 0)
        {
            found.Add(container, sandboxId);
        }
    }

    private static void AddAll(ReadOnlySpan<byte> message, FoundContainers found, PartReader read)
    {
        const int Parts = 1;
        var parts = new WireReader(message);
        while (parts.Next())
        {
            if (parts.Field != Parts)
            {
                continue;
            }

            var id = WireReader.Find(parts.Bytes, Id);
            if (parts.Bytes.Length > FoundContainers.LargestElement || !found.Takes(id))
            {
                found.AddUnread();
            }
            else if (!id.IsEmpty)
            {
                read(parts.Bytes);
            }
        }
    }

    /// <summary>Parses a part of a message.</summary>
    private delegate void PartReader(ReadOnlySpan<byte> part);

    private static T Parsed<T>(MessageParser<T> parser, ReadOnlySpan<byte> message)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RuntimeException($"its answer can't be read: {UnixSocketHttp.OneLine(e.Message)}", e);
        }
    }
}

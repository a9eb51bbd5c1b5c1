using System.Text;
using Google.Protobuf;
using NetMon.Enrichment.Runtimes.Cri.Wire;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>
/// Names out of whole messages, part by part: only one container is made into objects at a time, and none that is larger
/// than <see cref="FoundContainers.LargestElement"/>. Malformed messages throw <see cref="RuntimeException"/>.
/// </summary>
internal static class CriMessages
{
    private const int Id = 1;
    private const int EventContainerId = 1;
    private const int EventType = 2;
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

    /// <summary>What a runtime says that it is; one that says more than 64 KiB about it is none.</summary>
    public static VersionResponse Version(ReadOnlySpan<byte> message) =>
        message.Length <= 64 << 10 ? Parsed(VersionParser, message) : throw new RuntimeException("its version is longer than 64 KiB");

    /// <summary>A ListContainersResponse.</summary>
    public static void AddContainers(ReadOnlySpan<byte> message, FoundContainers found) =>
        AddAll(message, found, static part => CriNames.Of(Parsed(ContainerParser, part)));

    /// <summary>A ListPodSandboxResponse.</summary>
    public static void AddSandboxes(ReadOnlySpan<byte> message, FoundContainers found) =>
        AddAll(message, found, static part => CriNames.Of(Parsed(SandboxParser, part)));

    /// <summary>containerd's own ListContainersResponse; only what has a name of Kubernetes.</summary>
    public static void AddContainerd(ReadOnlySpan<byte> message, FoundContainers found) => AddAll(message, found, static part =>
    {
        var identity = CriNames.Of(Parsed(ContainerdParser, part));
        return identity.IsNamed ? identity : null;
    });

    /// <summary>A ContainerEventResponse; null unless it says that a container or a sandbox was created or started.</summary>
    public static ContainerIdentity? Created(ReadOnlySpan<byte> message)
    {
        if (message.Length > FoundContainers.LargestElement)
        {
            return null;
        }

        ReadOnlySpan<byte> id = default, sandbox = default;
        var type = ContainerEventType.ContainerCreatedEvent;
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
                case EventSandbox:
                    sandbox = head.Bytes;
                    break;
            }
        }

        if (id.IsEmpty || type is not (ContainerEventType.ContainerCreatedEvent or ContainerEventType.ContainerStartedEvent))
        {
            return null;
        }

        if (WireReader.Find(sandbox, Id).SequenceEqual(id))
        {
            return Identified(CriNames.Of(Parsed(SandboxStatusParser, sandbox)));
        }

        // It has the state of all the pod's containers each time.
        var statuses = new WireReader(message);
        while (statuses.Next())
        {
            if (statuses.Field == EventContainer && WireReader.Find(statuses.Bytes, Id).SequenceEqual(id))
            {
                return Identified(CriNames.Of(Parsed(ContainerStatusParser, statuses.Bytes)));
            }
        }

        return null;
    }

    /// <summary>An Envelope of containerd's event service; the created container's id, empty for every other event.</summary>
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

    private static void AddAll(ReadOnlySpan<byte> message, FoundContainers found, Func<ReadOnlySpan<byte>, ContainerIdentity?> read)
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
            else if (!id.IsEmpty && Identified(read(parts.Bytes)) is { } container)
            {
                found.Add(container);
            }
        }
    }

    private static ContainerIdentity? Identified(ContainerIdentity? container) => container is { ContainerId.Length: > 0 } ? container : null;

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

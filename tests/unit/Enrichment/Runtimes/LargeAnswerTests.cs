using System.Buffers;
using System.Text;
using Google.Protobuf;
using NetMon.Enrichment.Runtimes;
using NetMon.Enrichment.Runtimes.Cri;
using NetMon.Enrichment.Runtimes.Cri.Wire;
using NetMon.Enrichment.Runtimes.Docker;
using NetMon.Enrichment.Workloads;
using Xunit;

namespace NetMon.UnitTests.Enrichment.Runtimes;

/// <summary>Lists that would take gigabytes as objects.</summary>
public sealed class LargeAnswerTests
{
    private readonly PodSandboxes _pods = new(new PodNaming("n1"));

    [Fact]
    public void A_list_of_millions_of_containers_is_truncated_and_counted()
    {
        var one = new ListContainersResponse { Containers = { new Container { Id = "a", Labels = { ["k"] = "v" } } } }.ToByteArray();
        var bomb = Repeat(one, GrpcSocket.LargestMessage / one.Length);
        var found = new FoundContainers([]);

        CriMessages.AddContainers(bomb, found);

        Assert.Equal(FoundContainers.Most, found.Kept.Count);
        Assert.Equal(GrpcSocket.LargestMessage / one.Length, found.Kept.Count + found.LeftOut);
    }

    [Fact]
    public void A_Docker_list_of_millions_is_truncated_and_counted()
    {
        var one = """{"Id":"a","Labels":{"k":"v"}},"""u8.ToArray();
        var bomb = "["u8.ToArray().Concat(Repeat(one, DockerRuntime.LargestAnswer / one.Length)).Concat("null]"u8.ToArray()).ToArray();
        var found = new FoundContainers([]);

        DockerAnswers.AddContainers(new ReadOnlySequence<byte>(bomb), found, _pods);

        Assert.Equal(FoundContainers.Most, found.Kept.Count);
        Assert.Equal(DockerRuntime.LargestAnswer / one.Length, found.Kept.Count + found.LeftOut);
    }

    [Fact]
    public void Parts_without_an_id_are_ignored()
    {
        var found = new FoundContainers([]);
        CriMessages.AddSandboxes(Repeat([0x0a, 0], GrpcSocket.LargestMessage / 2), found, _pods);
        Assert.Empty(found.Kept);
        Assert.Equal(0, found.LeftOut);
    }

    [Fact]
    public void A_requested_id_is_found_at_the_end_of_a_truncated_list()
    {
        var list = new ListContainersResponse();
        list.Containers.AddRange(Enumerable.Range(0, 20_000).Select(n => new Container { Id = $"{n}" }));
        var found = new FoundContainers(["19999"]);

        CriMessages.AddContainers(list.ToByteArray(), found);

        Assert.True(found.HasAllWanted);
        Assert.Equal("19999", found.Kept[^1].ContainerId);
        Assert.Equal(20_000 - FoundContainers.Most - 1, found.LeftOut);
    }

    [Fact]
    public void Only_a_container_of_megabytes_is_left_out()
    {
        var list = new ListContainersResponse { Containers = { new Container { Id = "a" }, new Container { Id = "b", ImageRef = new string('x', 2 << 20) }, new Container { Id = "c" } } };
        var found = new FoundContainers([]);
        CriMessages.AddContainers(list.ToByteArray(), found);
        var text = $$"""[{"Id":"a"},{"Id":"b","Image":"{{new string('x', 2 << 20)}}"},{"Id":"c"}]""";
        var docker = new FoundContainers([]);
        DockerAnswers.AddContainers(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(text)), docker, _pods);

        Assert.All((FoundContainers[])[found, docker], kept =>
        {
            Assert.Equal(["a", "c"], kept.Kept.Select(container => container.ContainerId));
            Assert.Equal(1, kept.LeftOut);
        });
    }

    [Fact]
    public void An_event_with_millions_of_containers_gives_the_one_that_it_concerns()
    {
        var told = new ContainerEventResponse { ContainerId = "c", ContainersStatuses = { new ContainerStatus { Id = "c", Metadata = new ContainerMetadata { Name = "app" } } } }.ToByteArray();
        var padding = Repeat([0x2a, 0], 200_000);
        Assert.Equal("app", CriMessages.News([.. padding, .. told, .. padding], _pods)?.Container?.ContainerName);
        Assert.Null(CriMessages.News([.. told, .. Repeat([0x2a, 0], 1_000_000)], _pods));
    }

    private static byte[] Repeat(byte[] one, int times)
    {
        var all = new byte[one.Length * times];
        for (var n = 0; n < times; n++)
        {
            one.CopyTo(all, n * one.Length);
        }

        return all;
    }
}

using NetMon.Enrichment.Runtimes;
using Xunit;

namespace NetMon.UnitTests.Enrichment.Runtimes;

public sealed class RuntimeEndpointTests
{
    [Theory]
    [InlineData("unix:///run/crio/crio.sock", "cri:///run/crio/crio.sock")]
    [InlineData("/run/containerd/containerd.sock", "cri:///run/containerd/containerd.sock")]
    [InlineData("unix:///host/run/docker.sock", "docker:///host/run/docker.sock")]
    [InlineData("/run/podman/podman.sock", "docker:///run/podman/podman.sock")]
    [InlineData("/run/cri-dockerd.sock", "cri:///run/cri-dockerd.sock")]
    [InlineData("docker:///tmp/d", "docker:///tmp/d")]
    [InlineData("cri:///tmp/docker.sock", "cri:///tmp/docker.sock")]
    [InlineData(" cri:///a , docker:///b ,cri:///a", "cri:///a docker:///b")]
    [InlineData("none", "")]
    public void Accepts_an_address_of_each_kind(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', RuntimeEndpoint.ParseList(text).Select(e => e.Address)));

    [Theory]
    [InlineData("")]
    [InlineData("cri:///a,")]
    [InlineData("relative/path.sock")]
    [InlineData("unix://run/x.sock")]
    [InlineData("tcp://10.0.0.1:2375")]
    [InlineData("/run/")]
    [InlineData("cri:///a,none")]
    [InlineData("cri:///a,docker:///a")]
    [InlineData("/a\0b")]
    [InlineData("/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/012345678")]
    public void Refuses_an_invalid_socket_address(string text) => Assert.NotEmpty(Assert.Throws<FormatException>(() => RuntimeEndpoint.ParseList(text)).Message);

    [Fact]
    public void A_path_may_have_as_many_bytes_as_the_kernel_accepts()
    {
        Assert.Single(RuntimeEndpoint.ParseList("/" + new string('x', 106)));
        Assert.Throws<FormatException>(() => RuntimeEndpoint.ParseList("/" + new string('x', 107)));
        Assert.Throws<FormatException>(() => RuntimeEndpoint.ParseList("/" + new string('ü', 54)));
    }

    [Fact]
    public void Each_endpoint_has_its_own_bit()
    {
        Assert.Equal(32, RuntimeEndpoint.ParseList(string.Join(',', Enumerable.Range(0, 32).Select(n => $"/s{n}"))).Count);
        Assert.Throws<FormatException>(() => RuntimeEndpoint.ParseList(string.Join(',', Enumerable.Range(0, 33).Select(n => $"/s{n}"))));
    }

    [Fact]
    public void Auto_means_the_default_paths_and_explicit_paths_are_not_defaults()
    {
        Assert.Equal(RuntimeEndpoint.UsualPlaces, RuntimeEndpoint.ParseList("auto"));
        Assert.All(RuntimeEndpoint.UsualPlaces, place => Assert.True(place.IsUsualPlace));

        var named = RuntimeEndpoint.ParseList("auto,/run/crio/crio.sock,/x");
        Assert.Equal(RuntimeEndpoint.UsualPlaces.Count + 1, named.Count);
        Assert.Equal(["/run/crio/crio.sock", "/x"], named.Where(e => !e.IsUsualPlace).Select(e => e.SocketPath));
    }
}

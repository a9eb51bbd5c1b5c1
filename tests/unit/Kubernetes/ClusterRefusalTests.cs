using System.Net;
using Microsoft.AspNetCore.Http;
using NetMon.Tests.Kubernetes;
using Xunit;

namespace NetMon.UnitTests.Kubernetes;

/// <summary>The watch against an API server that refuses it or has a certificate that is not trusted.</summary>
public sealed class ClusterRefusalTests : WatchedClusterTests
{
    [Fact]
    public async Task An_expired_token_is_read_again()
    {
        Server.Token = "second-token";
        await Watched.StartAsync();
        await Watched.UntilAsync(() => Watched.Status.Why is not null, "the refusal");
        Assert.Contains($"the API server does not accept the token in {Watched.TokenFile} (401)", Watched.Status.Why, StringComparison.Ordinal);
        await File.WriteAllTextAsync(Watched.TokenFile, "second-token", TestContext.Current.CancellationToken);
        await Watched.UntilPodAsync("10.1.0.5", "web-1");
        await AllWatchedAsync();
        Assert.Null(Watched.Status.Why);
        Assert.DoesNotContain(Watched.Log, line => line.Contains("second-token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_missing_permission_is_reported_with_the_required_rule()
    {
        var forbidden = TestObject.Nodes;
        Server.Instead = async context =>
        {
            if (context.Request.Path != forbidden)
            {
                return false;
            }

            context.Response.StatusCode = 403;
            await Server.WriteAsync(context, "{}");
            return true;
        };
        await Watched.StartAsync();
        await Watched.UntilAsync(() => Watched.Log.Any(line => line.Contains("apiGroups [\"\"], resources [\"nodes\"], verbs [\"list\", \"watch\"]", StringComparison.Ordinal)), "the nodes' rule");
        Assert.DoesNotContain(Server.Requests, request => request.Contains("endpointslices", StringComparison.Ordinal)); // they come after the nodes
        forbidden = TestObject.Slices;
        await Watched.UntilAsync(() => Watched.Log.Any(line => line.Contains("apiGroups [\"discovery.k8s.io\"], resources [\"endpointslices\"], verbs [\"list\", \"watch\"]", StringComparison.Ordinal)), "the slices' rule");
        Assert.Equal("", Watched.Find("10.1.0.5")?.PodName ?? "");
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused()
    {
        using var other = new TestAuthority();
        await File.WriteAllTextAsync(Watched.AuthorityFile, other.Pem, TestContext.Current.CancellationToken);
        await Watched.StartAsync();
        await Watched.UntilAsync(() => Watched.Status.Why is not null, "the refusal");
        Assert.Contains($"is not trusted by {Watched.AuthorityFile}", Watched.Status.Why, StringComparison.Ordinal);
        Assert.Empty(Server.Requests);
        await File.WriteAllTextAsync(Watched.AuthorityFile, other.Pem + "\n" + Watched.Authority.Pem, TestContext.Current.CancellationToken); // as when authorities are rotated
        await Watched.UntilPodAsync("10.1.0.5", "web-1");
    }

    [Theory]
    [InlineData("127.0.0.2", 0, "is for another name")]
    [InlineData("127.0.0.1", 6, "NotTimeValid")]
    public async Task A_certificate_with_a_wrong_name_or_validity_is_refused(string address, int daysOld, string why)
    {
        Watched.Server = new TestApiServer(Cluster, Watched.Authority.Sign(IPAddress.Parse(address), TimeSpan.FromDays(daysOld) - TimeSpan.FromHours(6 * (daysOld > 0 ? 1 : 0))));
        await Watched.StartAsync();
        await Watched.UntilAsync(() => Watched.Status.Why is not null, "the refusal");
        Assert.Contains(why, Watched.Status.Why, StringComparison.Ordinal);
        Assert.Empty(Server.Requests);
    }
}

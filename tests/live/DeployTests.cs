using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// make deploy, undeploy and logs against a stand-in for kubectl, because no API server is available: it answers from files, and
/// records its requests.
/// </summary>
[Trait("suite", "offline")]
public sealed class DeployTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public DeployTests()
    {
        // "get" answers from the file named after the resource; "rollout status" finishes or blocks, as its file says.
        File.WriteAllText(_scratch["kubectl"], $$"""
            #!/bin/bash
            cd '{{_scratch.Path}}'
            case "$*" in
            "kustomize "*) exec {{Shell.Script("command -v kubectl").Output.Trim()}} "$@" ;;
            "apply -f -" | "delete --ignore-not-found -f -") cat >applied; echo "$1" >>asked ;;
            *"get daemonset"*) cat owner 2>/dev/null; exit 0 ;;
            *"rollout status"*) [[ -e rolled ]] && exit 0; exec sleep 600 ;;
            *"{.items[*].status"*) cat waiting 2>/dev/null; exit 0 ;;
            *"get pods"*"jsonpath="*) cat pods ;;
            *"get pods"*"--output name") cut -f1 pods | sed 's|^|pod/|' ;;
            *"logs"*"--follow"*) echo "$*" >>asked ;;
            *"logs"*) cat "log-$4" 2>/dev/null ;;
            *"exec "*) echo "$*" >>asked; [[ $* != *pod/b* ]] ;;
            *) echo "unexpected: $*" >&2; exit 9 ;;
            esac

            """);
        Shell.Run("chmod", "+x", _scratch["kubectl"]).MustSucceed();
        File.WriteAllText(_scratch["pods"], "a\tnode-1\ttrue\t0\t\nb\tnode-2\tfalse\t7\tCrashLoopBackOff\n");
        File.WriteAllText(_scratch["log-b"], "{\"type\":\"CONNECT\"}\n2026-11-26T21:00:00.000Z error agent: not enough privileges to trace: CAP_BPF missing\n");
    }

    [Fact]
    public void It_applies_the_overlay_with_both_images()
    {
        Needs.Program("kubectl");
        File.WriteAllText(_scratch["rolled"], "");
        Make("deploy").MustSucceed();
        var applied = File.ReadAllText(_scratch["applied"]);
        Assert.Contains("image: registry.example.org/team/netmon:v1\n", applied, StringComparison.Ordinal);
        Assert.Contains("image: registry.example.org/team/netmon-query:v1\n", applied, StringComparison.Ordinal);
        Assert.DoesNotContain("image: netmon", applied, StringComparison.Ordinal);
    }

    [Fact]
    public void A_crash_looping_agent_ends_the_wait_with_its_last_log_line()
    {
        Needs.Program("kubectl");
        File.WriteAllText(_scratch["waiting"], "CrashLoopBackOff");
        var result = Make("deploy");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("deploy: b on node-2: CrashLoopBackOff, 7 restarts", result.Error, StringComparison.Ordinal);
        Assert.Contains("not enough privileges to trace: CAP_BPF missing", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("deploy: a on", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\"type\"", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deploy")]
    [InlineData("undeploy")]
    public void A_Helm_release_is_left_alone(string target)
    {
        Needs.Program("kubectl");
        File.WriteAllText(_scratch["owner"], "Helm");
        var result = Make(target);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("belongs to a Helm release", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_scratch["applied"]));
    }

    [Fact]
    public void Undeploy_removes_the_kernel_state_of_each_node_and_reports_failures()
    {
        Needs.Program("kubectl");
        var result = Make("undeploy").MustSucceed();
        Assert.Contains("pod/b did not remove the state", result.Error, StringComparison.Ordinal);
        Assert.Equal(["--namespace network-monitoring --request-timeout 30s exec pod/a --container netmon -- /netmon forget", "--namespace network-monitoring --request-timeout 30s exec pod/b --container netmon -- /netmon forget", "delete"], File.ReadAllLines(_scratch["asked"]));
    }

    [Fact]
    public void Logs_follows_all_pods()
    {
        File.WriteAllText(_scratch["pods"], string.Concat(Enumerable.Range(0, 240).Select(i => $"p{i}\tn\ttrue\t0\t\n")));
        Make("logs").MustSucceed();
        Assert.Contains("--max-log-requests 240", File.ReadAllText(_scratch["asked"]), StringComparison.Ordinal);
    }

    public void Dispose() => _scratch.Dispose();

    private Shell.Result Make(string target) => Shell.Run(
        "env", $"PATH={_scratch.Path}:{Environment.GetEnvironmentVariable("PATH")}", "make", "-s", "-C", Repository.Root, target, "REGISTRY=registry.example.org/team", "IMAGE_TAG=v1");
}

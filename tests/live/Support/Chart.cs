using Xunit;

namespace NetMon.LiveTests.Support;

/// <summary>The Helm chart, rendered by a real helm without a cluster and without this user's settings.</summary>
internal static class Chart
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "ops/helm/netmon");

    /// <summary>Renders it as the release "netmon" in the namespace of ops/kubernetes. Skips the test if helm is missing.</summary>
    /// <param name="arguments">--values FILE, --set NAME=VALUE.</param>
    public static Shell.Result Render(params string[] arguments) => Helm(["template", "netmon", Folder, "--namespace", "network-monitoring", .. arguments]);

    public static Shell.Result Helm(params string[] arguments)
    {
        var fetched = Path.Combine(Repository.Root, "artifacts/tools/helm");
        var program = File.Exists(fetched) ? fetched : "helm";
        Assert.SkipUnless(Shell.Script($"command -v {program}").ExitCode == 0, "needs the program helm, on the PATH or where tests/helm/setup.sh puts it");
        // The user may have repositories, plug-ins and a cluster: helm must not touch them.
        return Shell.Run("env", ["-u", "KUBECONFIG", "HELM_CONFIG_HOME=/nonexistent", "HELM_DATA_HOME=/nonexistent", program, .. arguments]);
    }
}

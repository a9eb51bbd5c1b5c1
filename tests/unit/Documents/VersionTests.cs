using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using NetMon.Foundation;
using NetMon.UnitTests.Layout;
using Xunit;

namespace NetMon.UnitTests.Documents;

/// <summary>Directory.Build.props has the version; every other place has the same one.</summary>
public sealed partial class VersionTests
{
    private static readonly string Version = Only(VersionPrefix(), "Directory.Build.props");

    [Fact]
    public void Assemblies_have_the_version() => Assert.Equal(Version, typeof(ByteSize).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]);

    [Fact]
    public void The_chart_has_the_version_and_installs_it()
    {
        Assert.Equal(Version, Only(ChartVersion(), "ops/helm/netmon/Chart.yaml"));
        Assert.Equal(Version, Only(AppVersion(), "ops/helm/netmon/Chart.yaml"));
    }

    [Fact]
    public void Packages_and_images_have_the_version()
    {
        Assert.Contains("org.opencontainers.image.version=\"${VERSION}\"", Text("Dockerfile"), StringComparison.Ordinal);
        Assert.Contains("VERSION=$(ops/version.sh)", Text("ops/image/build.sh"), StringComparison.Ordinal);
        Assert.Contains("version=$(ops/version.sh)", Text("ops/package/build.sh"), StringComparison.Ordinal);
        using var script = Process.Start(new ProcessStartInfo("bash", [RepositoryFiles.Find("ops/version.sh", "it is part of the tree")]) { RedirectStandardOutput = true })!;
        Assert.Equal(Version, script.StandardOutput.ReadToEnd().Trim());
    }

    [Fact]
    public void The_changelog_has_the_version_or_an_unreleased_section() => Assert.Matches($@"(?m)^## \[({Regex.Escape(Version)}|Unreleased)\]", Text("CHANGELOG.md"));

    private static string Text(string file) => File.ReadAllText(RepositoryFiles.Find(file, "it is part of the tree"));

    private static string Only(Regex pattern, string file) => Assert.Single(pattern.Matches(Text(file)).Select(match => match.Groups[1].Value));

    [GeneratedRegex("<VersionPrefix>(.+)</VersionPrefix>")]
    private static partial Regex VersionPrefix();

    [GeneratedRegex("^version: (.+)$", RegexOptions.Multiline)]
    private static partial Regex ChartVersion();

    [GeneratedRegex("^appVersion: \"?([^\"\n]+)\"?$", RegexOptions.Multiline)]
    private static partial Regex AppVersion();
}

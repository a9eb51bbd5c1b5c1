using System.Text.Json;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The bill of materials of the image, as <c>make sbom</c> writes it.</summary>
[Trait("suite", "image")]
public sealed class SbomTests
{
    [Fact]
    public void The_SBOM_has_each_package_and_library_of_the_programs_with_its_version()
    {
        Needs.Program("npm");
        Needs.Program("jq");
        Needs.Program("dpkg-query");
        Shell.Script($"cd {Repository.Root} && ops/image/sbom.sh").MustSucceed();
        using var bill = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "artifacts/netmon.cdx.json")));
        var parts = bill.RootElement.GetProperty("components").EnumerateArray().ToDictionary(
            part => part.GetProperty("name").GetString()!, part => part, StringComparer.OrdinalIgnoreCase);

        foreach (var (name, version) in ((string[])["Host", "Kubernetes", "Uploader"]).SelectMany(Packages).Concat(((string[])["libbpf-dev", "libelf-dev", "zlib1g-dev", "libc6", "echarts", "zrender", "tslib"]).Select(library => (library, ""))))
        {
            Assert.True(parts.TryGetValue(name, out var part), $"{name} is not in it");
            var written = part.GetProperty("version").GetString();
            Assert.True(version.Length == 0 ? !string.IsNullOrEmpty(written) : written == version, $"{name} {written}, {version} is what it is made of");
        }
    }

    /// <summary>The packages that a program restores, except the compiler.</summary>
    private static List<(string Name, string Version)> Packages(string program)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "engine", program, "packages.lock.json")));
        return
        [
            .. file.RootElement.GetProperty("dependencies").GetProperty("net10.0").EnumerateObject()
                .Where(package => package.Value.GetProperty("type").GetString() != "Project" && !package.Name.StartsWith("Microsoft.DotNet.", StringComparison.Ordinal) && !package.Name.StartsWith("Microsoft.NET.", StringComparison.Ordinal))
                .Select(package => (package.Name, package.Value.GetProperty("resolved").GetString()!)),
        ];
    }
}

using System.Text;
using CsCheck;
using NetMon.Enrichment.Cgroups;
using NetMon.UnitTests.Layout;
using Xunit;

namespace NetMon.UnitTests.Enrichment.Cgroups;

/// <summary>Which containers a cgroup path names; the cases are in cgroup-paths.txt.</summary>
public sealed class CgroupPathTests
{
    private static readonly string[] Pieces =
        ["/", "pod", "a1b2c3d4", string.Concat(Enumerable.Repeat("a1b2c3d4", 8)), "-", ":", ".scope", ".slice", "..", "kubepods", "\uffff", "\0"];

    /// <summary>Lines of "path | containers | source"; '#' starts a heading.</summary>
    public static TheoryData<string, string, string> Cases =>
        [.. File.ReadLines(RepositoryFiles.Find("tests/unit/Enrichment/Cgroups/cgroup-paths.txt", "it is part of the repository"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries) is [var path, var containers, var source]
                ? new TheoryDataRow<string, string, string>(path, containers, source)
                : throw new FormatException($"cgroup-paths.txt: {line}"))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_path_names_its_containers(string path, string containers, string source)
    {
        var found = CgroupPath.Containers(Encoding.UTF8.GetBytes(path));

        Assert.True(containers == Shown(found), $"{source}: {Shown(found)}");
    }

    /// <summary>Lines of "path | unit | source".</summary>
    public static TheoryData<string, string, string> Units =>
        [.. File.ReadLines(RepositoryFiles.Find("tests/unit/Enrichment/Cgroups/units.txt", "it is part of the repository"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries) is [var path, var unit, var source]
                ? new TheoryDataRow<string, string, string>(path, unit, source)
                : throw new FormatException($"units.txt: {line}"))];

    [Theory]
    [MemberData(nameof(Units))]
    public void A_path_names_its_unit(string path, string unit, string source)
    {
        var found = Encoding.UTF8.GetString(CgroupPath.Unit(Encoding.UTF8.GetBytes(path)));

        Assert.True(unit == (found.Length == 0 ? "none" : found), $"{source}: {found}");
    }

    [Fact]
    public void Bytes_that_are_not_text_are_skipped()
    {
        byte[] path = [.. "/docker/"u8, 0xff, 0xfe, (byte)'/', .. Encoding.ASCII.GetBytes(new string('a', 64))];

        Assert.Equal(new string('a', 64), Assert.Single(CgroupPath.Containers(path)).ContainerId);
    }

    [Fact]
    public void Every_id_found_is_in_the_path_in_this_order() =>
        Gen.Int[0, Pieces.Length - 1].Array[0, 40].Sample(
            picks =>
            {
                var path = string.Concat(picks.Select(pick => Pieces[pick]));
                var from = 0;
                foreach (var (id, uid) in CgroupPath.Containers(Encoding.UTF8.GetBytes(path)))
                {
                    var at = path.IndexOf(id, from, StringComparison.Ordinal);
                    Assert.Equal(64, id.Length);
                    Assert.True(at >= from, path);
                    Assert.True(uid.Length is 0 or 32 or 36, path);
                    from = at + 1;
                }
            },
            iter: 20_000);

    [Fact]
    public void A_host_path_allocates_nothing()
    {
        var path = "/system.slice/ssh.service"u8;
        _ = CgroupPath.Containers(path);
        var before = GC.GetAllocatedBytesForCurrentThread();

        _ = CgroupPath.Containers(path);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static string Shown(ContainerPath[] containers) =>
        containers.Length == 0 ? "none" : string.Join(' ', containers.Select(container => $"{container.ContainerId}@{container.PodUid}"));
}

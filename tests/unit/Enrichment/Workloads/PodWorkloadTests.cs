using CsCheck;
using NetMon.Enrichment.Workloads;
using NetMon.UnitTests.Layout;
using Xunit;

namespace NetMon.UnitTests.Enrichment.Workloads;

/// <summary>Which workload a pod belongs to; the cases are in pod-workloads.txt.</summary>
public sealed class PodWorkloadTests
{
    private const string Node = "n1";

    private static readonly string[] Pieces = ["-", "web", "5d8f7c9b6d", "x2x4z", "0", "29393100", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "", "é"];

    /// <summary>Lines of "namespace/pod | labels | kind | workload | source"; '#' starts a heading.</summary>
    public static TheoryData<string, string, string, string, string> Cases =>
        [.. File.ReadLines(RepositoryFiles.Find("tests/unit/Enrichment/Workloads/pod-workloads.txt", "it is part of the repository"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries) is [var pod, var labels, var kind, var workload, var source]
                ? new TheoryDataRow<string, string, string, string, string>(pod, labels, kind, workload, source)
                : throw new FormatException($"pod-workloads.txt: {line}"))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_pod_belongs_to_a_workload(string pod, string labels, string kind, string workload, string source)
    {
        var words = labels.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var uid = words.FirstOrDefault(word => word.StartsWith("uid=", StringComparison.Ordinal))?[4..] ?? "";
        var pairs = words.Where(word => word.Contains('=') && !word.StartsWith("uid=", StringComparison.Ordinal)).ToLookup(word => word[0] == '@');
        var known = words.Contains("unknown") ? null : Pairs(pairs[false]);

        var found = PodWorkload.Of(new PodName(pod.Split('/')[0], pod.Split('/')[1], uid), Node, known, Pairs(pairs[true]));

        Assert.True(found.Name == workload && found.Kind == (kind == "-" ? "" : kind), $"{source}: {found}");
    }

    [Fact]
    public void No_workload_name_is_longer_than_its_pod_or_job() =>
        Gen.Select(Gen.Int[0, Pieces.Length - 1].Array[1, 6], Gen.Int[0, Pieces.Length - 1].Array[1, 4], Gen.Int[0, 5]).Sample(
            (pod, value, label) =>
            {
                var name = string.Concat(pod.Select(pick => Pieces[pick]));
                var labels = new Dictionary<string, string>
                {
                    [((string[])["batch.kubernetes.io/job-name", "pod-template-hash", "apps.kubernetes.io/pod-index", "controller-revision-hash", "rollouts-pod-template-hash", "app"])[label]] =
                        string.Concat(value.Select(pick => Pieces[pick])),
                    ["pod-template-generation"] = "1",
                };

                var found = PodWorkload.Of(new PodName("ns", name), Node, labels, []);

                Assert.StartsWith("ns/", found.Name, StringComparison.Ordinal);
                Assert.True(found.Kind is "Job" or "CronJob" || name.StartsWith(found.Name[3..], StringComparison.Ordinal), $"{name}: {found}");
            },
            iter: 20_000);

    private static Dictionary<string, string> Pairs(IEnumerable<string> words) =>
        words.Select(word => word.TrimStart('@').Split('=', 2)).DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]);
}

using System.Buffers;
using System.Globalization;

namespace NetMon.Enrichment.Workloads;

/// <summary>
/// How controllers make the names of their pods: the API server cuts "NAME-HASH-" to 58 characters and appends 5 random ones
/// (apiserver, names/generate.go), so that a name of 63 may lack the end of what its controller wrote.
/// </summary>
internal static class NameShape
{
    private const int RandomLength = 5;
    private const int LongestGenerated = 63;
    private const int LongestIndex = 12;
    private const int MinutesLength = 8;

    // A CronJob's Jobs end in the minutes since 1970 of their schedule: 2013 to 2103. A date such as 20260131 is less.
    private const int EarliestMinute = 23_000_000;
    private const int LatestMinute = 70_000_000;

    /// <summary>What the names' random ends and hashes are made of (apimachinery, util/rand).</summary>
    private static readonly SearchValues<char> Safe = SearchValues.Create("bcdfghjklmnpqrstvwxz2456789");

    /// <summary>The name in "NAME-HASH-RANDOM"; empty where the pod's name is not of that shape.</summary>
    public static ReadOnlySpan<char> WithoutHash(ReadOnlySpan<char> pod, string hash)
    {
        var stem = Stem(pod);
        var end = $"-{hash}-";
        if (stem.EndsWith(end))
        {
            return stem[..^end.Length];
        }

        return pod.Length == LongestGenerated ? stem[..^Overlap(stem, end)] : [];
    }

    /// <summary>The name in "NAME-RANDOM"; empty where the pod's name is not of that shape.</summary>
    public static ReadOnlySpan<char> WithoutRandom(ReadOnlySpan<char> pod)
    {
        var stem = Stem(pod);
        return stem.EndsWith('-') ? stem[..^1] : pod.Length == LongestGenerated ? stem : [];
    }

    /// <summary>The name in "NAME-INDEX", with this index where it is known; empty where the pod's name is not of that shape.</summary>
    public static ReadOnlySpan<char> WithoutIndex(ReadOnlySpan<char> pod, string index)
    {
        var dash = pod.LastIndexOf('-');
        return dash > 0 && IsDigits(pod[(dash + 1)..]) && (index.Length == 0 || pod[(dash + 1)..].SequenceEqual(index)) ? pod[..dash] : [];
    }

    /// <summary>True for "JOB-RANDOM" and "JOB-INDEX-RANDOM", cut or not.</summary>
    public static bool IsOfJob(ReadOnlySpan<char> pod, ReadOnlySpan<char> job)
    {
        var stem = Stem(pod);
        var same = stem.CommonPrefixLength(job);
        if (same == 0 || (same < job.Length && (pod.Length != LongestGenerated || same < LongestGenerated - RandomLength - LongestIndex)))
        {
            return false;
        }

        var rest = stem[same..];
        return rest is "-" || (rest.IsEmpty && pod.Length == LongestGenerated) || (rest is ['-', .., '-'] && IsDigits(rest[1..^1]));
    }

    /// <summary>The CronJob in a Job's name "CRONJOB-MINUTES"; empty where it is not of that shape.</summary>
    public static ReadOnlySpan<char> CronJobOf(ReadOnlySpan<char> job) =>
        job.Length > MinutesLength + 1 && job[^(MinutesLength + 1)] == '-'
            && int.TryParse(job[^MinutesLength..], NumberStyles.None, CultureInfo.InvariantCulture, out var minute)
            && minute is >= EarliestMinute and <= LatestMinute
                ? job[..^(MinutesLength + 1)]
                : [];

    /// <summary>
    /// A pod's name without what looks as if its controller had appended it, as the macro <c>workload_of</c> of
    /// <c>schemas/views.sql</c> guesses it.
    /// </summary>
    public static ReadOnlySpan<char> WithoutReplica(ReadOnlySpan<char> pod)
    {
        const int ShortestHash = 6;
        const int LongestHash = 10;
        var dash = pod.LastIndexOf('-');
        if (dash < 0)
        {
            return pod;
        }

        var last = pod[(dash + 1)..];
        if (last.Length != RandomLength || last.ContainsAnyExcept(Safe))
        {
            return IsDigits(last) ? pod[..dash] : pod;
        }

        var hash = pod[..dash].LastIndexOf('-');
        return hash >= 0 && pod[(hash + 1)..dash] is { Length: >= ShortestHash and <= LongestHash } middle && !middle.ContainsAnyExcept(Safe)
            ? pod[..hash]
            : pod[..dash];
    }

    /// <summary>A name without its random end; empty where it has none.</summary>
    private static ReadOnlySpan<char> Stem(ReadOnlySpan<char> pod) =>
        pod.Length > RandomLength && !pod[^RandomLength..].ContainsAnyExcept(Safe) ? pod[..^RandomLength] : [];

    /// <summary>How much of the beginning of <paramref name="end"/> the stem ends in.</summary>
    private static int Overlap(ReadOnlySpan<char> stem, ReadOnlySpan<char> end)
    {
        var length = Math.Min(end.Length - 1, stem.Length);
        while (length > 0 && !stem.EndsWith(end[..length]))
        {
            length--;
        }

        return length;
    }

    private static bool IsDigits(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');
}

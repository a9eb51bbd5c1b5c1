using System.Buffers;
using System.Globalization;

namespace NetMon.Enrichment.Workloads;

/// <summary>
/// How controllers form the names of their pods: the API server truncates "NAME-HASH-" to 58 characters and appends 5 random ones (apiserver,
/// names/generate.go), so that a name of 63 characters may lack the end of what its controller wrote.
/// </summary>
internal static class NameShape
{
    private const int RandomLength = 5;
    private const int LongestGenerated = 63;
    private const int LongestIndex = 12;
    private const int MinutesLength = 8;

    // Jobs of a CronJob end in their scheduled time as Unix minutes: 2013 to 2103. A date such as 20260131 is less.
    private const int EarliestMinute = 23_000_000;
    private const int LatestMinute = 70_000_000;

    /// <summary>The alphabet of random suffixes and hashes (apimachinery, util/rand).</summary>
    private static readonly SearchValues<char> Safe = SearchValues.Create("bcdfghjklmnpqrstvwxz2456789");

    /// <summary>Returns NAME of "NAME-HASH-RANDOM"; empty if the pod's name has another form.</summary>
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

    /// <summary>Returns NAME of "NAME-RANDOM"; empty if the pod's name has another form.</summary>
    public static ReadOnlySpan<char> WithoutRandom(ReadOnlySpan<char> pod)
    {
        var stem = Stem(pod);
        return stem.EndsWith('-') ? stem[..^1] : pod.Length == LongestGenerated ? stem : [];
    }

    /// <summary>Returns NAME of "NAME-INDEX", with this index if known; empty if the pod's name has another form.</summary>
    public static ReadOnlySpan<char> WithoutIndex(ReadOnlySpan<char> pod, string index)
    {
        var dash = pod.LastIndexOf('-');
        return dash > 0 && IsDigits(pod[(dash + 1)..]) && (index.Length == 0 || pod[(dash + 1)..].SequenceEqual(index)) ? pod[..dash] : [];
    }

    /// <summary>Whether the name is "JOB-RANDOM" or "JOB-INDEX-RANDOM", truncated or not.</summary>
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

    /// <summary>Returns the CronJob in a Job's name "CRONJOB-MINUTES"; empty if it has another form.</summary>
    public static ReadOnlySpan<char> CronJobOf(ReadOnlySpan<char> job) =>
        job.Length > MinutesLength + 1 && job[^(MinutesLength + 1)] == '-'
            && int.TryParse(job[^MinutesLength..], NumberStyles.None, CultureInfo.InvariantCulture, out var minute)
            && minute is >= EarliestMinute and <= LatestMinute
                ? job[..^(MinutesLength + 1)]
                : [];

    /// <summary>
    /// Removes what looks like a suffix added by a pod's controller, as the macro <c>workload_of</c> of <c>schemas/views.sql</c> does.
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

    /// <summary>Returns a name without its random suffix; empty if it has none.</summary>
    private static ReadOnlySpan<char> Stem(ReadOnlySpan<char> pod) =>
        pod.Length > RandomLength && !pod[^RandomLength..].ContainsAnyExcept(Safe) ? pod[..^RandomLength] : [];

    /// <summary>Returns the length of the longest prefix of <paramref name="end"/> with which the stem ends.</summary>
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

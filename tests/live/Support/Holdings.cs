using System.Globalization;

namespace NetMon.LiveTests.Support;

/// <summary>The resources of an agent at one time, or their medians over several times.</summary>
/// <param name="AnonymousKib">Its own memory: RssAnon of /proc/PID/status.</param>
/// <param name="ResidentKib">The same plus mapped pages of files and rings: VmRSS.</param>
/// <param name="Descriptors">Open file descriptors.</param>
/// <param name="Threads">All threads.</param>
/// <param name="KernelBytes">Memory of its BPF maps and programs, by its own metric.</param>
/// <param name="MapEntries">Entries of its BPF hash maps, as bpftool lists them.</param>
/// <param name="Cgroups">Cgroups in its directory, by its own metric.</param>
internal sealed record Holdings(long AnonymousKib, long ResidentKib, long Descriptors, long Threads, long KernelBytes, long MapEntries, long Cgroups)
{
    /// <summary>The directory keeps this many ended cgroups, for ten minutes each; until then it grows.</summary>
    private const long EndedCgroups = 8192;

    /// <summary>
    /// The kernel's map of listening places fills up, then evicts the least recently used; all of its memory is allocated at the
    /// start (bpf/maps.h).
    /// </summary>
    private const long Listeners = 16384;

    /// <summary>The current values.</summary>
    /// <param name="agent">A running agent with <c>--metrics</c>.</param>
    /// <param name="mapEntries">The last result of <see cref="CountMapEntries"/>: calling it each time would take too long.</param>
    public static Holdings Of(AgentProcess agent, long mapEntries)
    {
        var proc = $"/proc/{agent.Id}";
        var status = File.ReadLines($"{proc}/status").Select(line => line.Split((char[])[' ', '\t', ':'], StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 1).ToDictionary(words => words[0], words => words[1]);
        var scrape = Scrape.Of(agent);
        return new Holdings(
            Number("RssAnon"), Number("VmRSS"), Directory.GetFileSystemEntries($"{proc}/fd").Length, Number("Threads"),
            (long)scrape.Sum("netmon_kernel_memory_bytes"), mapEntries, (long)scrape.Sum("netmon_cgroups"));

        long Number(string name) => long.Parse(status[name], CultureInfo.InvariantCulture);
    }

    /// <summary>Entries of all hash maps that the agent holds; needs bpftool and jq.</summary>
    public static long CountMapEntries(AgentProcess agent) => long.Parse(
        Shell.Script($$"""
            for map in $(sed -n 's/^map_id:[[:space:]]*//p' /proc/{{agent.Id}}/fdinfo/* 2>/dev/null | sort -un); do
                bpftool -j map show id "$map" | jq -r .type | grep -q hash && bpftool -j map dump id "$map" | jq length
            done | awk '{ sum += $1 } END { print sum + 0 }'
            """).MustSucceed().Output,
        CultureInfo.InvariantCulture);

    /// <summary>The median of each value: a moment without a CPU, and with full queues, does not change it.</summary>
    public static Holdings Median(IReadOnlyCollection<Holdings> moments)
    {
        return new Holdings(
            Of(moment => moment.AnonymousKib), Of(moment => moment.ResidentKib), Of(moment => moment.Descriptors), Of(moment => moment.Threads),
            Of(moment => moment.KernelBytes), Of(moment => moment.MapEntries), Of(moment => moment.Cgroups));

        long Of(Func<Holdings, long> one) => moments.Select(one).Order().ElementAt(moments.Count / 2);
    }

    /// <summary>Whether this exceeds the earlier values by at most a twentieth and 4 MiB of memory, and by a few of the others.</summary>
    public bool IsFlatAfter(Holdings before) =>
        AnonymousKib <= before.AnonymousKib * 21 / 20 + 4096 && Descriptors <= before.Descriptors + 8 && Threads <= before.Threads + 4
        && KernelBytes <= before.KernelBytes && MapEntries <= Math.Max(before.MapEntries * 11 / 10, Listeners + 1000) && Cgroups <= Math.Max(before.Cgroups * 11 / 10, EndedCgroups + 1000);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{AnonymousKib / 1024.0:0.0} MiB private, {ResidentKib / 1024.0:0.0} MiB resident, {Descriptors} descriptors, {Threads} threads, {KernelBytes / 1048576.0:0.0} MiB in the kernel, {MapEntries} map entries, {Cgroups} cgroups known");
}

using System.Globalization;
using Xunit;

namespace NetMon.LiveTests.Support;

/// <summary>Compares an agent's summary of its events with the files on disk, after it has exited.</summary>
internal static class StoredAccount
{
    private static readonly string[] Undelivered = ["queue_full", "failed", "disk_floor"];
    private static readonly string[] Later = ["damaged", "torn_tail", "removed"];

    /// <summary>Every event is delivered or counted as dropped, by the summary and by the metrics before the end.</summary>
    /// <param name="agent">It has exited.</param>
    /// <param name="metrics">From just before its exit.</param>
    /// <param name="isLosing">Whether it lost events up to its exit, so that the metrics had fewer.</param>
    public static void AssertComplete(AgentProcess agent, Scrape metrics, bool isLosing = false)
    {
        long Of(string name) => LossReport.Number(agent.Log, name);
        Assert.Equal(Of("seen"), Of("to rings") + Of("source.ring_full"));
        Assert.Equal(Of("to rings"), Of("decoded"));
        Assert.Equal(Of("decoded"), Of("parquet") + Undelivered.Sum(reason => Of($"parquet.{reason}")));
        Assert.Equal(Of("decoded"), Of("json") + Of("json.queue_full") + Of("json.failed"));
        foreach (var reason in Undelivered.Concat(Later))
        {
            var counted = metrics["netmon_dropped_events_total{stage=\"parquet\",reason=\"" + reason + "\"}"];
            Assert.True(counted == Of($"parquet.{reason}") || (isLosing && counted < Of($"parquet.{reason}")), string.Create(CultureInfo.InvariantCulture, $"parquet.{reason}: {counted} in the metrics, {Of($"parquet.{reason}")} in the account\n{agent.Log}"));
        }
    }

    /// <summary>loss/ has exactly the losses of the summary.</summary>
    /// <param name="log">The agent's.</param>
    /// <param name="captures">The folder of its files.</param>
    public static void AssertNotedDown(string log, params string[] captures)
    {
        foreach (var reason in Undelivered.Concat(Later))
        {
            var noted = captures.Sum(capture => Losses(capture, reason));
            Assert.True(noted == LossReport.Number(log, $"parquet.{reason}"), string.Create(CultureInfo.InvariantCulture, $"parquet.{reason}: {noted} in loss/ of {string.Join(", ", captures)}\n{log}"));
        }
    }

    /// <summary>Each delivered event that was not lost later is in one file, once.</summary>
    /// <param name="log">The agent's.</param>
    /// <param name="captures">The folder of its files.</param>
    public static void AssertStored(string log, params string[] captures)
    {
        var stored = captures.Sum(capture => HasFiles(capture, "events") ? Duck.Number($"SELECT count(*) FROM {Duck.Events(capture)}") : 0);
        Assert.Equal(LossReport.Number(log, "parquet") - Later.Sum(reason => LossReport.Number(log, $"parquet.{reason}")), stored);
    }

    /// <summary>Seals what the agent could not.</summary>
    public static string Seal(string capture)
    {
        var result = Shell.Run(Repository.Agent, "seal", "--capture", capture).MustSucceed();
        return result.Output + result.Error;
    }

    private static long Losses(string capture, string reason) => !HasFiles(capture, "loss")
        ? 0
        : Duck.Number($"SELECT coalesce(sum(count), 0)::BIGINT FROM {Duck.Losses(capture)} WHERE stage = 'parquet' AND reason = '{reason}'");

    private static bool HasFiles(string capture, string tier) =>
        Path.Combine(capture, tier) is var folder && Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.parquet", SearchOption.AllDirectories).Any();
}

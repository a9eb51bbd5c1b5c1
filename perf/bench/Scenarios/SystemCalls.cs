namespace NetMon.Bench.Scenarios;

/// <summary>The cost of an unrelated system call with and without the agent, in alternation.</summary>
internal static class SystemCalls
{
    public static IEnumerable<Figure> Measure(bool quick)
    {
        foreach (var owner in (string[])["listener", "auto"])
        {
            List<double> ratios = [];
            for (var turn = 0; turn < (quick ? 3 : 7); turn++)
            {
                var bare = Call();
                using var agent = Agent.Start("--json", "none", "--accept-owner", owner);
                ratios.Add(Call() / bare);
                agent.Stop();
            }

            ratios.Sort();
            yield return new Figure($"getppid.{owner}", ratios[ratios.Count / 2], "ratio", $"getppid() with the agent, divided by that without (--accept-owner {owner})");
        }
    }

    private static double Call() => Tools.Value(Tools.Run("bin/netload", "getppid", "--seconds", "0.5"), "ns_per_call");
}

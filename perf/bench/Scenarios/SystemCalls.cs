namespace NetMon.Bench.Scenarios;

/// <summary>What a system call that has nothing to do with us costs with the agent and without, in turns.</summary>
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
            yield return new Figure($"getppid.{owner}", ratios[ratios.Count / 2], "ratio", $"getppid() with the agent, by that without (--accept-owner {owner})");
        }
    }

    private static double Call() => Tools.Value(Tools.Run("bin/netload", "getppid", "--seconds", "0.5"), "ns_per_call");
}

using System.Diagnostics;

namespace NetMon.LiveTests.Support;

/// <summary>Waits for a condition, not for a time. It polls, and leaves the CPU to the programs under test.</summary>
internal static class WaitFor
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    public static void True(Func<bool> condition, string what)
    {
        for (var clock = Stopwatch.StartNew(); !Try(condition); Thread.Sleep(Interval))
        {
            if (clock.Elapsed > Patience.Limit)
            {
                throw new TimeoutException($"{what}: not within {Patience.Limit.TotalMinutes} minutes");
            }
        }
    }

    private static bool Try(Func<bool> condition)
    {
        try
        {
            return condition();
        }
        catch (IOException)
        {
            return false; // the file does not exist yet
        }
    }
}

namespace NetMon.LiveTests.Support;

/// <summary>Waits for a condition, not for a time.</summary>
internal static class WaitFor
{
    public static void True(Func<bool> condition, string what)
    {
        if (!SpinWait.SpinUntil(() => Try(condition), Patience.Limit))
        {
            throw new TimeoutException($"waited in vain for {what}");
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

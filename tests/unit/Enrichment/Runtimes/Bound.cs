using Xunit;

namespace NetMon.UnitTests.Enrichment.Runtimes;

/// <summary>Waits with a timeout that only a failure reaches.</summary>
internal static class Bound
{
    /// <summary>A token that is cancelled when the test ends or the timeout expires.</summary>
    public static CancellationToken Token
    {
        get
        {
            var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            end.CancelAfter(Patience.Limit);
            return end.Token;
        }
    }

    /// <summary>The task's result. Throws TimeoutException.</summary>
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);

    /// <summary>Waits for the task. Throws TimeoutException.</summary>
    public static Task Soon(this Task task) => task.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);

    /// <summary>Polls a condition that raises no event.</summary>
    public static async Task Until(Func<bool> so)
    {
        var end = Environment.TickCount64 + (long)Patience.Limit.TotalMilliseconds;
        while (!so())
        {
            Assert.True(Environment.TickCount64 < end, "it did not come to be so in time");
            await Task.Yield();
        }
    }
}

using System.Globalization;
using NetMon.Foundation;
using NetMon.Foundation.Logging;

namespace NetMon.Storage;

/// <summary>Reports to health, metrics and the log when a storage thread hangs, for example on an unresponsive disk. Not thread-safe.</summary>
/// <param name="what">The thread's work, such as "sealing".</param>
/// <param name="standsFor">Returns how long the thread has been at its current step.</param>
/// <param name="fault">The fault state of this part.</param>
/// <param name="log">For the operator.</param>
internal sealed class StallWatch(string what, Func<TimeSpan> standsFor, FaultState fault, Logger log)
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);
    private bool _stands;

    /// <summary>Checks the thread; cheap.</summary>
    public void Look()
    {
        var stood = standsFor();
        if (stood > Bound == _stands)
        {
            return;
        }

        _stands = !_stands;
        if (_stands)
        {
            var why = string.Create(CultureInfo.InvariantCulture, $"no progress for {stood.TotalSeconds:0} s");
            fault.Failed(why);
            log.Error($"{what} is stuck: {why}. The disk does not respond, or this is a bug. Events are still stored while there is space; restart the agent if this continues.");
        }
        else
        {
            fault.Works();
            log.Info($"{what} continues.");
        }
    }
}

using System.Globalization;
using NetMon.Foundation;
using NetMon.Foundation.Logging;

namespace NetMon.Storage;

/// <summary>Tells health, metrics and the log when a thread of storage stands still, as on a disk that does not answer. One thread looks.</summary>
/// <param name="what">The thread's work, such as "sealing".</param>
/// <param name="standsFor">For how long it has worked at one step.</param>
/// <param name="fault">Its part.</param>
/// <param name="log">For the operator.</param>
internal sealed class StallWatch(string what, Func<TimeSpan> standsFor, FaultState fault, Logger log)
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);
    private bool _stands;

    /// <summary>Looks; cheap.</summary>
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
            log.Error($"{what} stands still: {why}. The disk does not answer, or this is a fault of the program. Events are still stored as long as there is room; restart the agent if it does not go on.");
        }
        else
        {
            fault.Works();
            log.Info($"{what} goes on.");
        }
    }
}

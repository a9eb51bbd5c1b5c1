namespace NetMon.Fuzz;

/// <summary>
/// Ends a loop when one input takes ten seconds of processor time or ten minutes of wall time. Processor time, so that a stopped or starved
/// process is not reported as a hang.
/// </summary>
internal sealed class HangWatch : IDisposable
{
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(10);
    private const int MostLooks = 60;
    private readonly FuzzLoop _loop;
    private readonly Timer _timer;
    private TimeSpan _processor;
    private long _executions = -1;
    private int _looks;

    public HangWatch(FuzzLoop loop)
    {
        _loop = loop;
        _timer = new Timer(_ => Look(), null, Most, Most);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var (executions, processor) = (_loop.Count, Environment.CpuUsage.TotalTime);
        if (executions != _executions)
        {
            (_executions, _processor, _looks) = (executions, processor, 0);
        }
        else if (processor - _processor > Most || ++_looks > MostLooks)
        {
            _loop.EndHanging();
        }
    }
}

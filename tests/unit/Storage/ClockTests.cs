using NetMon.Events;
using NetMon.Storage;
using Xunit;

namespace NetMon.UnitTests.Storage;

/// <summary>A wall clock that is wrong removes nothing.</summary>
public sealed class ClockTests : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly CaptureFolder _capture = new();

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void A_clock_is_trusted_after_it_has_run_long_enough()
    {
        var clock = new SteadyClock(Hour);
        Assert.False(clock.Look(Sample.Hour19, TimeSpan.FromSeconds(100)));
        Assert.False(clock.Look(Sample.Hour19 + 3599 * Sample.Second, TimeSpan.FromSeconds(3699)));
        Assert.True(clock.Look(Sample.Hour19 + 3600 * Sample.Second, TimeSpan.FromSeconds(3700)));
        Assert.True(clock.Look(Sample.Hour19 + 3660 * Sample.Second + 30 * Sample.Second, TimeSpan.FromSeconds(3760))); // NTP's small steps
    }

    [Theory]
    [InlineData(365 * 24)]
    [InlineData(-56 * 365 * 24)]
    public void Setting_the_clock_forward_or_back_restarts_the_wait_for_trust(int hours)
    {
        var clock = new SteadyClock(Hour);
        clock.Look(Sample.Hour19, TimeSpan.Zero);
        Assert.True(clock.Look(Sample.Hour19 + Sample.HourLong, Hour));
        Assert.False(clock.Look(Sample.Hour19 + (hours + 1) * Sample.HourLong, Hour));
        Assert.Equal(hours, clock.SetBy.TotalHours);
        Assert.False(clock.Look(Sample.Hour19 + Sample.HourLong + 2 * Sample.Second, Hour + TimeSpan.FromSeconds(2)));
        Assert.False(clock.Look(Sample.Hour19 + Sample.HourLong + Sample.HourLong, 2 * Hour));
        Assert.Equal(TimeSpan.Zero, clock.SetBy);
        Assert.True(clock.Look(Sample.Hour19 + 2 * Sample.HourLong + 2 * Sample.Second, 2 * Hour + TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void A_clock_that_is_briefly_a_year_ahead_removes_no_hour_and_is_logged()
    {
        var sink = _capture.Open(change: options => options with
        {
            DurableWithin = TimeSpan.Zero,
            RetainFor = TimeSpan.FromDays(7),
            RetainRollups = TimeSpan.FromDays(7),
            RetainBytes = null,
            ClockSteadyFor = Hour,
        });
        for (var hour = 0; hour < 3; hour++)
        {
            Write(sink, Sample.Hour19 + hour * Sample.HourLong);
        }

        _capture.WaitForSealed(2, segmentsLeft: 1);
        Write(sink, Sample.Hour19 + 365 * 24 * Sample.HourLong);
        CaptureFolder.WaitFor(() => _capture.Reports.Any(line => line.Contains("the clock was changed by 31", StringComparison.Ordinal)), "the step to be logged");
        Write(sink, Sample.Hour19 + 3 * Sample.HourLong);
        sink.Close();

        Assert.Equal([[5L]], _capture.Query("SELECT count(*) FROM {events}"));
        Assert.Equal(0, sink.Removals.Files(RemovalReason.RetainFor) + sink.Removals.Files(RemovalReason.RetainRollups));
    }

    [Fact]
    public void Hours_of_a_wrong_clock_are_removed_first()
    {
        var right = Path.Combine(_capture.Events, "date=2026-11-22/hour=10/node-1.parquet");
        var wrong = Path.Combine(_capture.Events, "date=2027-11-22/hour=10/node-1.parquet");
        foreach (var path in new[] { right, wrong })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, new byte[1000]);
        }

        var sink = _capture.Open(change: options => options with { RetainBytes = 1500 });
        sink.Advance(Sample.Hour19);
        CaptureFolder.WaitFor(() => sink.Removals.Files(RemovalReason.RetainBytes) == 1, "one of them to go");
        sink.Close();
        Assert.True(File.Exists(right));
        Assert.False(File.Exists(wrong));
    }

    private static void Write(CaptureSink sink, long time)
    {
        sink.Write([Sample.Accept(time)]);
        sink.Advance(time + 2 * Sample.Second);
    }
}

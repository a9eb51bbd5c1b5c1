using NetMon.Sources.Kernel.Flows;
using Xunit;

namespace NetMon.UnitTests.Sources;

/// <summary>When open connections are reported, by a clock that the test sets.</summary>
public sealed class SweepScheduleTests
{
    private const long Second = 1_000_000_000;
    private const long Hour = 3600 * Second;
    private const long Noon = 490_884 * Hour; // 2026-01-01 12:00 UTC

    [Theory]
    [InlineData(1, 0.25)]
    [InlineData(8, 2)]
    [InlineData(60, 15)]
    [InlineData(3600, 15)]
    public void Several_sweeps_fall_into_an_interval_evenly(int everySeconds, double pauseSeconds) =>
        Assert.Equal(TimeSpan.FromSeconds(pauseSeconds), new SweepSchedule(TimeSpan.FromSeconds(everySeconds)).PauseAt(Noon));

    [Fact]
    public void A_pause_ends_just_after_the_start_of_the_hour()
    {
        var schedule = new SweepSchedule(TimeSpan.FromMinutes(1));
        var pause = schedule.PauseAt(Noon - 3 * Second);
        Assert.InRange(pause, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3.001));
        Assert.Equal(TimeSpan.FromSeconds(15), schedule.PauseAt(Noon - 16 * Second));
    }

    [Fact]
    public void Everything_is_reported_once_at_the_start_of_each_hour_only()
    {
        var schedule = new SweepSchedule(TimeSpan.FromMinutes(1));
        var asked = new List<bool>();
        for (var now = Noon - 30 * Second; now < Noon + 3 * Hour; now += 15 * Second)
        {
            asked.Add(schedule.RequestAt(now).All);
        }

        Assert.Equal([2, 2 + 240, 2 + 480], asked.Select((all, index) => (all, index)).Where(sweep => sweep.all).Select(sweep => sweep.index));
        Assert.Equal(60ul * Second, schedule.RequestAt(Noon).EveryNanoseconds);
    }

    [Theory]
    [InlineData(5 * Hour)]
    [InlineData(-5 * Hour)]
    public void Setting_the_clock_to_another_hour_starts_that_hour(long step)
    {
        var schedule = new SweepSchedule(TimeSpan.FromMinutes(1));
        Assert.False(schedule.RequestAt(Noon).All);
        Assert.True(schedule.RequestAt(Noon + step).All);
        Assert.False(schedule.RequestAt(Noon + step + Second).All);
    }

    [Fact]
    public void Without_reports_no_connection_is_requested_but_slots_are_still_released()
    {
        var schedule = new SweepSchedule(null);
        Assert.Equal((0ul, false), schedule.RequestAt(Noon));
        Assert.Equal((0ul, false), schedule.RequestAt(Noon + Hour));
        Assert.Equal(TimeSpan.FromMinutes(1), schedule.PauseAt(Noon));
    }
}

using NetMon.Query.Filters;
using Xunit;

namespace NetMon.UnitTests.Query.Filters;

/// <summary>The values of each filter option, and the condition that each makes.</summary>
public sealed class FilterOptionsTests
{
    private const string Workload = "workload_name(workload, pod_namespace, pod_name, container_name, process)";

    [Theory]
    [InlineData("90s", "2026-11-27 14:28:45")]
    [InlineData("1.5h", "2026-11-27 13:00:15")]
    [InlineData("7d", "2026-11-20 14:30:15")]
    [InlineData("500ms", "2026-11-27 14:30:14.5")]
    [InlineData("14:30", "2026-11-27 14:30:00")]
    [InlineData("00:00:01", "2026-11-27 00:00:01")]
    [InlineData("2026-11-26", "2026-11-26 00:00:00")]
    [InlineData("2026-11-26 09:15", "2026-11-26 09:15:00")]
    [InlineData("2026-11-26T09:15:30.123456789Z", "2026-11-26 09:15:30.1234567")]
    [InlineData("2026-11-26t09:15:30z", "2026-11-26 09:15:30")]
    [InlineData("2026-11-26T09:15:30+05:30", "2026-11-26 03:45:30")]
    [InlineData("2026-11-26T23:15-02:00", "2026-11-27 01:15:00")]
    public void Times_of_filters_are_parsed(string text, string utc)
    {
        var expected = DateTime.Parse(utc, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(expected, GivenFilter.Of("--since", text).Since);
        Assert.Equal(expected, GivenFilter.Of("--until", text).Until);
    }

    [Theory]
    [InlineData("--node", "n1", "node = 'n1'")]
    [InlineData("--node", "n1,n2", "node IN ('n1', 'n2')")]
    [InlineData("--namespace", "shop", "pod_namespace = 'shop'")]
    [InlineData("-n", "!kube-*", "NOT coalesce(starts_with(pod_namespace, 'kube-'), false)")]
    [InlineData("--pod", "web-*", "starts_with(pod_name, 'web-')")]
    [InlineData("--pod", "shop/web-?", "(pod_namespace = 'shop' AND pod_name LIKE 'web-_' ESCAPE '\\')")]
    [InlineData("--pod", "a%_*b", "pod_name LIKE 'a\\%\\_%b' ESCAPE '\\'")]
    [InlineData("--container", "app", "container_name = 'app'")]
    [InlineData("--container", "0123456789ab", "(container_name = '0123456789ab' OR starts_with(container_id, '0123456789ab'))")]
    [InlineData("--workload", "shop/web", Workload + " = 'shop/web'")]
    [InlineData("--workload", "web", Workload + " LIKE '%/web' ESCAPE '\\'")]
    [InlineData("--workload", "deployment/shop/web", "(workload_kind = 'Deployment' AND " + Workload + " = 'shop/web')")]
    [InlineData("--workload", "node/kworker/1", Workload + " = 'node/kworker/1'")]
    [InlineData("--process", "it's", "process = 'it''s'")]
    [InlineData("--process", "curl,!sh", null)]
    [InlineData("--pid", "1, 2", "pid IN (1, 2)")]
    [InlineData("--to", "10.0.0.5", "dst_ip = '10.0.0.5'")]
    [InlineData("--to", "10.0.0.5:5432", "(dst_ip = '10.0.0.5' AND dst_port = 5432)")]
    [InlineData("--to", "10.20.0.0/16", "starts_with(dst_ip, '10.20.')")]
    [InlineData("--to", "172.16.5.5/12", "(starts_with(dst_ip, '172.') AND try_cast(split_part(dst_ip, '.', 2) AS INTEGER) BETWEEN 16 AND 31)")]
    [InlineData("--to", "0.0.0.0/0", "contains(dst_ip, ':') = false")]
    [InlineData("--to", "::ffff:10.1.2.3", "dst_ip = '10.1.2.3'")]
    [InlineData("--to", "10.244.*", "starts_with(dst_ip, '10.244.')")]
    [InlineData("--from", "[FD00:0::1]:443", "(src_ip = 'fd00::1' AND src_port = 443)")]
    [InlineData("--from", "fd00::/8", "in_net(src_ip, 'fd00::/8')")]
    [InlineData("--from", ":1000-2000", "src_port BETWEEN 1000 AND 2000")]
    [InlineData("--peer", "10.0.0.5", "((direction = 'outbound' AND dst_ip = '10.0.0.5') OR (direction = 'inbound' AND src_ip = '10.0.0.5'))")]
    [InlineData("--port", "443,8000-8999", "(dst_port = 443 OR dst_port BETWEEN 8000 AND 8999)")]
    [InlineData("--type", "Close,flow", "type IN ('CLOSE', 'FLOW')")]
    [InlineData("--direction", "inbound", "direction = 'inbound'")]
    [InlineData("--result", "timeout,host-unreachable", "result IN ('timed_out', 'host_unreachable')")]
    [InlineData("--min-duration", "1s", "duration_us >= 1000000")]
    [InlineData("--min-bytes", "1MiB", "bytes_sent >= 1048576 - bytes_received")]
    public void An_option_makes_a_condition(string option, string value, string? condition)
    {
        condition ??= "(process = 'curl' AND NOT coalesce(process = 'sh', false))";
        Assert.Equal(condition, GivenFilter.Of(option, value).OfEvents);
        Assert.Equal(condition, GivenFilter.Of($"{option}={value}").OfEvents);
    }

    [Theory]
    [InlineData("the period is empty", "--since", "10m", "--until", "2h")]
    [InlineData("the period is empty", "--since", "2026-11-26", "--until", "2026-11-26")]
    [InlineData("in the future", "--since", "14:31")]
    [InlineData("--since 90: expected", "--since", "90")]
    [InlineData("--since 24:00: expected", "--since", "24:00")]
    [InlineData("--since 2026-02-30: expected", "--since", "2026-02-30")]
    [InlineData("--until yesterday: expected", "--until", "yesterday")]
    [InlineData("a value is empty", "--pod", "a,,b")]
    [InlineData("a value is empty", "--pod", "!")]
    [InlineData("a value is empty", "--node", " ")]
    [InlineData("use containerd-shim", "--process", "containerd-shim-runc-v2")]
    [InlineData("--pid -1", "--pid", "-1")]
    [InlineData("--pid 4194305", "--pid", "4194305")]
    [InlineData("not an address", "--to", "10.0.0.300")]
    [InlineData("not an address", "--to", "10.0.0/8")]
    [InlineData("not an address", "--to", "10.0.0.0/33")]
    [InlineData("not an address", "--to", "010.0.0.1")]
    [InlineData("not an address", "--from", "fe80::1%eth0")]
    [InlineData("not an address", "--peer", "fd00::/129")]
    [InlineData("not an address", "--peer", "[fd00::1")]
    [InlineData("70000 is not a port", "--to", "10.0.0.5:70000")]
    [InlineData("neither an address nor a port", "--to", "[]")]
    [InlineData("--port 9-1", "--port", "9-1")]
    [InlineData("--port 443-", "--port", "443-")]
    [InlineData("--type udp", "--type", "udp")]
    [InlineData("--direction both", "--direction", "both")]
    [InlineData("--result none", "--result", "none")]
    [InlineData("--min-duration -1s", "--min-duration", "-1s")]
    [InlineData("--min-bytes 1MB", "--min-bytes", "1MB")]
    [InlineData("no event matches all of these", "--failed", "--type", "close")]
    [InlineData("no event matches all of these", "--failed", "--direction", "inbound")]
    [InlineData("no event matches all of these", "--failed", "--result", "established")]
    [InlineData("no event matches all of these", "--result", "refused", "--min-bytes", "1")]
    [InlineData("no event matches all of these", "--type", "connect,accept", "--min-duration", "1s")]
    [InlineData("no event matches all of these", "--type", "accept", "--direction", "outbound")]
    [InlineData("no event matches all of these", "--result", "refused,!refused")]
    public void Filters_that_can_not_match_are_refused(string why, params string[] arguments) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => GivenFilter.Of(arguments)).Message, StringComparison.Ordinal);

    [Fact]
    public void Too_many_values_are_refused() =>
        Assert.Throws<FormatException>(() => GivenFilter.Of("--pod", string.Join(',', Enumerable.Range(0, 101))));

    [Fact]
    public void Without_filters_everything_is_selected()
    {
        var filter = GivenFilter.Of();
        Assert.True(filter.IsEmpty);
        Assert.Equal((null, null, null), (filter.OfEvents, filter.OfSums, filter.OfOwners));
        Assert.Equal(HourRange.All, filter.SumHours);
    }

    [Theory]
    [InlineData(true, "--pod", "web-*", "--port", "443")]
    [InlineData(true, "--failed", "--to", "10.0.0.5")]
    [InlineData(true, "--direction", "inbound", "--from", "10.0.0.0/8")]
    [InlineData(true, "--peer", "10.0.0.5")]
    [InlineData(true, "--result", "refused", "--type", "connect")]
    [InlineData(true, "--to", ":443")]
    [InlineData(false, "--to", "10.0.0.5")]
    [InlineData(false, "--to", "shop/web")]
    [InlineData(false, "--from", ":443")]
    [InlineData(false, "--peer", "10.0.0.5:443")]
    [InlineData(false, "--result", "established")]
    [InlineData(false, "--type", "close")]
    [InlineData(false, "--pid", "1")]
    [InlineData(false, "--min-bytes", "1")]
    public void Filters_know_whether_roll_ups_can_answer(bool isTold, params string[] arguments)
    {
        var filter = GivenFilter.Of(arguments);
        Assert.Equal(isTold ? HourRange.All : HourRange.None, filter.SumHours);
        Assert.Equal(isTold, filter.Uncarried.Count == 0);
    }

    [Fact]
    public void Roll_ups_answer_for_whole_hours()
    {
        var hours = GivenFilter.Of("--since", "2026-11-26T09:15", "--until", "2026-11-26T12:00").SumHours;
        Assert.False(hours.Has(new DateTime(2026, 11, 26, 9, 0, 0, DateTimeKind.Utc)));
        Assert.True(hours.Has(new DateTime(2026, 11, 26, 10, 0, 0, DateTimeKind.Utc)));
        Assert.True(hours.Has(new DateTime(2026, 11, 26, 11, 0, 0, DateTimeKind.Utc)));
        Assert.False(hours.Has(new DateTime(2026, 11, 26, 12, 0, 0, DateTimeKind.Utc)));
    }
}

using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Sources.Kernel;
using NetMon.Sources.Kernel.Cgroups;
using NetMon.Sources.Kernel.State;
using Xunit;

namespace NetMon.UnitTests.Layout;

/// <summary>The C# mirrors have the layout of the structs in the compiled kernel object.</summary>
public sealed class LayoutTests
{
    private static readonly (string C, string[] Mirror)[] RecordTable =
    [
        ("size", ["Size"]),
        ("version", ["Version"]),
        ("kind", ["Kind"]),
        ("direction", ["Direction"]),
        ("reason", ["CloseReason"]),
        ("flags", ["Flags"]),
        ("reserved", ["Reserved"]),
        ("ktime_ns", ["KtimeNanoseconds"]),
        ("connection_id", ["ConnectionId"]),
        ("src_addr", ["SourceAddress"]),
        ("dst_addr", ["DestinationAddress"]),
        ("src_port", ["SourcePort"]),
        ("dst_port", ["DestinationPort"]),
        ("netns", ["NetworkNamespace"]),
        ("owner", ["Owner"]),
        ("latency_ns", ["LatencyNanoseconds"]),
        ("duration_ns", ["DurationNanoseconds"]),
        ("bytes_sent", ["BytesSent"]),
        ("bytes_received", ["BytesReceived"]),
        ("delta_sent", ["DeltaSent"]),
        ("delta_received", ["DeltaReceived"]),
        ("srtt_us", ["SmoothedRttMicroseconds"]),
        ("retransmits", ["Retransmits"]),
        ("error", ["Error"]),
        ("dialed_port", ["DialedPort"]),
        ("reserved2", ["Reserved2"]),
        ("dialed_addr", ["DialedAddress"]),
    ];

    private static readonly (string C, string[] Mirror)[] OwnerTable =
        [("cgroup_id", ["CgroupId"]), ("pid", ["Pid"]), ("uid", ["Uid"]), ("comm", ["Comm"])];

    private static readonly (string C, string[] Mirror)[] TickTable =
    [
        ("size", ["Size"]),
        ("version", ["Version"]),
        ("kind", ["Kind"]),
        ("reserved", ["Reserved"]),
        ("ktime_ns", ["KtimeNanoseconds"]),
        ("clock_offset_ns", ["ClockOffsetNanoseconds"]),
    ];

    private static readonly (string C, string[] Mirror)[] CgroupTable =
    [
        ("size", ["Size"]),
        ("version", ["Version"]),
        ("kind", ["Kind"]),
        ("reserved", ["Reserved"]),
        ("ktime_ns", ["KtimeNanoseconds"]),
        ("cgroup_id", ["CgroupId"]),
        ("path", ["Path"]),
    ];

    private static readonly (string C, string[] Mirror)[] CountersTable =
    [
        ("seen", ["Seen"]),
        ("delivered", ["Delivered"]),
        ("dropped", ["DroppedRingFull", "DroppedNoRoom", "DroppedFairShare"]), // by enum nm_drop
        ("cgroups_dropped", ["CgroupsDropped"]),
        ("accepts_inferred", ["AcceptsInferred"]),
        ("closes_early", ["ClosesEarly"]),
        ("closes_unseen", ["ClosesUnseen"]),
    ];

    private static readonly (string C, string[] Mirror)[] AccountTable =
    [
        ("cgroup_id", ["CgroupId"]),
        ("seen", ["Seen"]),
        ("dropped", ["DroppedRingFull", "DroppedNoRoom", "DroppedFairShare"]), // by enum nm_drop
        ("last_ns", ["LastNanoseconds"]),
        ("due_ns", ["DueNanoseconds"]),
        ("reserved", ["Reserved"]),
    ];

    private static readonly (string C, string[] Mirror)[] KnobsTable =
    [
        ("began_ns", ["BeganNanoseconds"]),
        ("share_ns", ["ShareNanoseconds"]),
        ("ring_count", ["RingCount"]),
        ("cgroup_controller", ["CgroupController"]),
        ("cgroup_hierarchy", ["CgroupHierarchy"]),
        ("accept_hook", ["AcceptHook"]),
        ("slot_mask", ["SlotMask"]),
        ("by_sockops", ["BySockOps"]),
        ("by_thread", ["ByThread"]),
        ("may_read", ["MayRead"]),
    ];

    private static readonly (string C, string[] Mirror)[] SettingsTable =
    [
        ("flow_every_ns", ["FlowEveryNanoseconds"]),
        ("flow_all", ["FlowAll"]),
        ("connect4_id", ["Connect4Id"]),
        ("connect6_id", ["Connect6Id"]),
        ("gone_only", ["GoneOnly"]),
    ];

    private readonly BtfTypes _types =
        BtfTypes.OfElf(File.ReadAllBytes(RepositoryFiles.Find("artifacts/bpf/netmon.bpf.o", "run make generate")));

    [Fact]
    public void Records_have_the_layout_of_the_kernel() =>
        Assert.Empty(LayoutComparison.Differences<ConnectionRecord>(_types.Struct("nm_record"), RecordTable));

    [Fact]
    public void Owners_have_the_layout_of_the_kernel() =>
        Assert.Empty(LayoutComparison.Differences<OwnerRecord>(_types.Struct("nm_owner"), OwnerTable));

    [Fact]
    public void Cgroups_have_the_layout_of_the_kernel() =>
        Assert.Empty(LayoutComparison.Differences<CgroupRecord>(_types.Struct("nm_cgroup"), CgroupTable));

    [Fact]
    public void Watermarks_have_the_layout_of_the_header() =>
        Assert.Empty(LayoutComparison.Differences<TickRecord>(_types.Struct("nm_tick"), TickTable));

    [Fact]
    public void Counters_have_the_layout_of_the_kernel() =>
        Assert.Empty(LayoutComparison.Differences<KernelCounters>(_types.Struct("nm_counters"), CountersTable));

    [Fact]
    public void Accounts_of_cgroups_have_the_layout_of_the_kernel() =>
        Assert.Empty(LayoutComparison.Differences<CgroupAccount>(_types.Struct("nm_account"), AccountTable));

    [Fact]
    public void Knobs_have_the_layout_of_the_kernel() =>
        Assert.Empty(LayoutComparison.Differences<Knobs>(_types.Struct("nm_knobs"), KnobsTable));

    [Fact]
    public void Settings_have_the_layout_of_the_kernel() =>
        Assert.Empty(LayoutComparison.Differences<Settings>(_types.Struct("nm_settings"), SettingsTable));

    /// <summary>A slot outlives the agent: if this test fails, raise NM_SLOTS_LAYOUT, and update the number and the text here.</summary>
    [Fact]
    public void The_layout_of_slots_has_its_version_number()
    {
        Assert.Equal(KernelState.Layout, _types.Enum("nm_slots_layout")!["NM_SLOTS_LAYOUT"]);
        Assert.Equal(
            "1: word 0, since_ns 8, owner 16, data_segments 48, dialed_port 52, flags 54, marks 55, sock 56, latency_ns 64, reported_ns 72, reported 80, dialed_addr 112; 128",
            $"{KernelState.Layout}: {string.Join(", ", _types.Struct("nm_slot").Fields.Select(field => $"{field.Name} {field.Offset}"))}; {_types.Struct("nm_slot").Bytes}");
    }

    [Fact]
    public void Framing_uses_the_sizes_of_the_structs()
    {
        Assert.Equal(ConnectionRecord.ByteSize, _types.Struct("nm_record").Bytes);
        Assert.Equal(CgroupRecord.ByteSize, _types.Struct("nm_cgroup").Bytes);
        Assert.Equal(TickRecord.ByteSize, _types.Struct("nm_tick").Bytes);
    }

    [Fact]
    public void Two_swapped_fields_are_both_reported()
    {
        var differences = LayoutComparison.Differences<SwappedOwner>(_types.Struct("nm_owner"), OwnerTable);

        Assert.Equal(["nm_owner.pid is at 8, Pid at 12", "nm_owner.uid is at 12, Uid at 8"], differences);
    }

    [Fact]
    public void A_field_of_another_size_is_reported()
    {
        var differences = LayoutComparison.Differences<WideTick>(_types.Struct("nm_tick"), TickTable);

        Assert.Contains("nm_tick.kind has 1 bytes, Kind 2", differences);
        Assert.Contains("nm_tick.reserved is at 4, Reserved at 6", differences);
    }

    [Fact]
    public void A_field_on_only_one_side_is_reported()
    {
        var table = OwnerTable.Where(row => row.C != "uid").ToArray();

        var differences = LayoutComparison.Differences<OwnerRecord>(_types.Struct("nm_owner"), table);

        Assert.Equal(["nm_owner.uid is not in the table", "OwnerRecord.Uid is not in the table"], differences);
    }

    [Theory]
    [InlineData("nm_kind", typeof(RecordKind), "NM_CONNECT=Connect NM_ACCEPT=Accept NM_CLOSE=Close NM_FLOW=Flow NM_CGROUP_MADE=CgroupMade NM_CGROUP_REMOVED=CgroupRemoved NM_TICK=Tick", "None")]
    [InlineData("nm_direction", typeof(Direction), "NM_OUTBOUND=Outbound NM_INBOUND=Inbound", "None")]
    [InlineData(
        "nm_reason",
        typeof(CloseReason),
        "NM_REASON_NONE=None NM_FIN_LOCAL=FinLocal NM_FIN_REMOTE=FinRemote NM_RESET_LOCAL=ResetLocal NM_RESET_REMOTE=ResetRemote"
            + " NM_REASON_TIMED_OUT=TimedOut NM_REASON_ABORTED=Aborted NM_REASON_ERROR=Error",
        "")]
    [InlineData(
        "nm_flags",
        typeof(RecordFlags),
        "NM_ERROR_UNKNOWN=ErrorUnknown NM_OWNER_INFERRED=OwnerInferred NM_OWNER_UNKNOWN=OwnerUnknown NM_OLDER=Older NM_DIALED=Dialed",
        "None")]
    public void Enums_have_the_values_of_the_header(string name, Type mirror, string table, string onlyInMirror)
    {
        var constants = _types.Enum(name);
        Assert.True(constants is not null, $"the object's BTF has no enum {name}: was it renamed, or does nothing refer to it as a type?");
        var pairs = table.Split(' ').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);

        Assert.Equal(pairs.Keys.Order(), constants.Keys.Order());
        Assert.Equal(pairs.Values.Concat(onlyInMirror.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Order(), Enum.GetNames(mirror).Order());
        Assert.All(pairs, pair => Assert.Equal(constants[pair.Key], Convert.ToInt64(Enum.Parse(mirror, pair.Value), null)));
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct SwappedOwner
    {
        public ulong CgroupId;
        public uint Uid;
        public uint Pid;
        public InlineBytes16 Comm;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 2)]
    private struct WideTick
    {
        public ushort Size;
        public byte Version;
        public ushort Kind;
        public uint Reserved;
        public ulong KtimeNanoseconds;
        public long ClockOffsetNanoseconds;
    }
}

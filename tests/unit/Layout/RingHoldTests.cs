using Xunit;

namespace NetMon.UnitTests.Layout;

/// <summary>
/// The code between reserve and submit. A task that is preempted there blocks all later records of its ring, so programs gather
/// all values of a record before they reserve.
/// </summary>
public sealed class RingHoldTests
{
    private const int GetTime = 5; // the numbers of include/uapi/linux/bpf.h
    private const int Reserve = 131;
    private const int Submit = 132;
    private const int Discard = 133;
    private const int RecordBytes = 176;

    [Theory]
    [InlineData("artifacts/bpf/netmon.bpf.o")]
    [InlineData("artifacts/bpf/netmon-5.10.bpf.o")]
    public void Only_a_copy_and_a_clock_read_happen_between_reserve_and_submit(string path)
    {
        var sections = BpfCode.OfElf(File.ReadAllBytes(RepositoryFiles.Find(path, "make generate"))).ToList();
        var emitting = sections.Where(code => code.CallsOf(Reserve).Any() && !code.Section.StartsWith("tp_btf/cgroup_", StringComparison.Ordinal)); // these use a separate ring
        var code = Assert.Single(emitting);
        Assert.Equal(".text", code.Section);
        var (reserved, submitted) = (Assert.Single(code.CallsOf(Reserve)), Assert.Single(code.CallsOf(Submit)));
        Assert.Empty(code.CallsOf(Discard));
        var held = code.Between(reserved, submitted);
        Assert.Equal([GetTime], held.Select(code.HelperAt).Where(helper => helper is not null).Select(helper => helper!.Value));
        Assert.InRange(held.Count, RecordBytes / 8 * 2, 100); // a load and a store for each eight bytes, and little more
    }
}

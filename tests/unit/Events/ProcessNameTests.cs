using NetMon.Events;
using Xunit;

namespace NetMon.UnitTests.Events;

public sealed class ProcessNameTests
{
    [Fact]
    public void A_name_ends_before_its_first_NUL() => Assert.Equal("a b"u8, ProcessName.Trim("a b\0x\0\0"u8));

    [Fact]
    public void A_name_without_a_NUL_is_used_completely() => Assert.Equal("0123456789abcdef"u8, ProcessName.Trim("0123456789abcdef"u8));

    [Fact]
    public void An_unknown_owner_has_an_empty_name()
    {
        var owner = default(OwnerRecord);

        Assert.True(ProcessName.Trim(owner.Comm).IsEmpty);
    }
}

using CsCheck;
using NetMon.Storage;
using NetMon.Storage.Loss;
using Xunit;

namespace NetMon.UnitTests.Storage;

/// <summary>Names from outside survive encoding into file names and lines of loss journals.</summary>
public sealed class NamePropertyTests
{
    private static readonly string[] Special = ["a", "B", "7", ".", "-", "_", "%", "/", "\\", "~", "\t", "\n", "\r", " ", "é", "𝄞", "%2F", ".."];

    /// <summary>Characters that escaping handles, and any other character of UTF-8.</summary>
    private static readonly Gen<string> Name = Gen.OneOf(
        Gen.Int[0, Special.Length - 1].Select(pick => Special[pick]),
        Gen.Char['\u0001', '\ud7ff'].Select(letter => letter.ToString())).Array[0, 30].Select(parts => string.Concat(parts));

    [Fact]
    public void A_file_s_name_is_safe_and_says_its_node() => Name.Sample(
        node =>
        {
            var file = NodeFileName.Of(node);
            Assert.True(file.Length is > 0 and <= 200 && file[0] != '.' && file.All(letter => char.IsAsciiLetterOrDigit(letter) || "%.-_~".Contains(letter, StringComparison.Ordinal)), file);
            Assert.Equal(file.Contains('~', StringComparison.Ordinal) ? null : node, NodeFileName.TryDecode(file));
        },
        iter: 5_000);

    [Fact]
    public void Different_nodes_have_different_files() => Gen.Select(Name, Name).Sample(
        (one, other) => Assert.Equal(one == other, NodeFileName.Of(one) == NodeFileName.Of(other)),
        iter: 5_000);

    [Fact]
    public void A_loss_is_read_as_it_was_written()
    {
        var known = Name.Select(name => name.Length == 0 ? null : name);
        var cgroup = Gen.Select(Gen.ULong, known, known, known, known, (id, container, pod, ns, name) => (LossCgroup?)new LossCgroup(id, container, pod, ns, name));
        Gen.Select(Gen.Long, Gen.Long, Gen.Long, Gen.Bool, Gen.OneOf(cgroup, Gen.Const((LossCgroup?)null))).Sample(
            (from, to, count, isCounted, of) =>
            {
                var row = new LossRow(from, to, "json", "queue_full", isCounted ? count : null, of);
                var line = LossLine.Of(in row);
                Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
                Assert.True(LossLine.TryParse(line[..^1], out var again));
                Assert.Equal(row, again);
                Assert.Equal([row], LossFile.Parse(line + line[..(line.Length / 2)], out var torn));
                Assert.Equal(1, torn);
            },
            iter: 5_000);
    }
}

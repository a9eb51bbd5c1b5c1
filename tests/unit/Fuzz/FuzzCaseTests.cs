using CsCheck;
using NetMon.Fuzz;
using NetMon.UnitTests.Layout;
using Xunit;

namespace NetMon.UnitTests.Fuzz;

/// <summary>
/// Runs the readers of foreign input on every input in tests/fuzz/corpus, including past findings of the fuzzer, and on
/// randomly changed inputs. What fails here fails without AFL++ as well.
/// </summary>
public sealed class FuzzCaseTests
{
    private const int ChangedInputs = 400;

    private static readonly string Corpus = Path.GetFullPath(Path.Combine(RepositoryFiles.Find("tests/fuzz/corpus/footer/events", "it is part of the tree"), "../.."));

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(target => target.Name)];

    [Fact]
    public void Every_target_has_a_corpus_and_every_corpus_a_target() => Assert.Equal(
        FuzzTargets.All.Select(target => target.Name).Order(StringComparer.Ordinal),
        Directory.GetDirectories(Corpus).Where(folder => Directory.EnumerateFiles(folder).Any()).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal));

    /// <summary>Includes the inputs of the other targets: valid input of one reader is garbage to another.</summary>
    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_kept_input_is_read_or_refused(string name)
    {
        var target = FuzzTargets.Of(name);
        foreach (var path in Directory.EnumerateFiles(Corpus, "*", SearchOption.AllDirectories))
        {
            try
            {
                target.Run(File.ReadAllBytes(path));
            }
            catch (Exception e)
            {
                Assert.Fail($"{name} on {Path.GetRelativePath(Corpus, path)}: {e}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_changed_input_is_read_or_refused(string name)
    {
        var target = FuzzTargets.Of(name);
        var seeds = Directory.GetFiles(Path.Combine(Corpus, name)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray();
        var change = Gen.Select(Gen.Int[0, 5], Gen.Int[0, int.MaxValue], Gen.Int[0, 64], Gen.Byte.Array[0, 12]);
        Gen.Select(Gen.Int[0, seeds.Length - 1], change.Array[1, 6]).Sample(
            (seed, changes) => target.Run(changes.Aggregate(seeds[seed], Changed)),
            iter: ChangedInputs,
            threads: 1);
    }

    /// <summary>Replaces, inserts or removes bytes, flips a bit, sets a number to a limit, or repeats a part.</summary>
    private static byte[] Changed(byte[] input, (int Kind, int At, int Length, byte[] Bytes) change)
    {
        var at = change.At % (input.Length + 1);
        var end = Math.Min(input.Length, at + change.Length);
        switch (change.Kind)
        {
            case 0:
                return [.. input[..at], .. change.Bytes, .. input[Math.Min(input.Length, at + change.Bytes.Length)..]];
            case 1:
                return [.. input[..at], .. change.Bytes, .. input[at..]];
            case 2:
                return [.. input[..at], .. input[end..]];
            case 3 when at < input.Length:
                var flipped = input.ToArray();
                flipped[at] ^= (byte)(1 << (change.Length % 8));
                return flipped;
            case 4:
                byte[] limit = [.. Enumerable.Repeat(change.Length % 2 == 0 ? (byte)0xff : (byte)0x80, change.Bytes.Length)];
                return [.. input[..at], .. limit, .. input[Math.Min(input.Length, at + limit.Length)..]];
            default:
                return [.. input[..end], .. input[at..end], .. input[end..]];
        }
    }
}

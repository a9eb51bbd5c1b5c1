using System.Buffers.Binary;
using System.Text;

namespace NetMon.UnitTests.Layout;

/// <summary>
/// The instructions of one executable section of a compiled object: Documentation/bpf/standardization/instruction-set.rst.
/// </summary>
internal sealed class BpfCode
{
    private const int InstructionBytes = 8;
    private const int HeldInTwo = 0x18; // a 64-bit load takes two instruction slots
    private const int CallCode = 0x85;
    private const int ExitCode = 0x95;
    private const uint Executable = 4; // SHF_EXECINSTR
    private readonly byte[] _code;

    private BpfCode(string section, byte[] code) => (Section, _code) = (section, code);

    public string Section { get; }

    private int Count => _code.Length / InstructionBytes;

    public static IEnumerable<BpfCode> OfElf(byte[] elf)
    {
        ushort U16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(at));
        int Word(int at) => (int)BinaryPrimitives.ReadUInt64LittleEndian(elf.AsSpan(at));
        var (headers, size, sections) = (Word(0x28), U16(0x3a), U16(0x3c));
        var names = Word(headers + (U16(0x3e) * size) + 0x18);
        for (var header = headers; header < headers + (sections * size); header += size)
        {
            var name = elf.AsSpan(names + (int)BinaryPrimitives.ReadUInt32LittleEndian(elf.AsSpan(header)));
            if ((Word(header + 0x08) & Executable) != 0)
            {
                yield return new BpfCode(Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]), elf.AsSpan(Word(header + 0x18), Word(header + 0x20)).ToArray());
            }
        }
    }

    /// <summary>The places that call this helper.</summary>
    public IEnumerable<int> CallsOf(int helper) => Enumerable.Range(0, Count).Where(at => HelperAt(at) == helper);

    /// <summary>The helper that a place calls; null: none. Functions of the object itself are -1.</summary>
    public int? HelperAt(int at) => (at > 0 && Code(at - 1) == HeldInTwo) || Code(at) != CallCode ? null : _code[(at * InstructionBytes) + 1] >> 4 == 0 ? Immediate(at) : -1;

    /// <summary>All places on any path from one to the other, without these two.</summary>
    public IReadOnlySet<int> Between(int from, int to)
    {
        var after = Walk(from, at => at == to ? [] : Next(at));
        var leaders = Enumerable.Range(0, Count).SelectMany(at => Next(at).Select(next => (at, next))).ToLookup(edge => edge.next, edge => edge.at);
        var before = Walk(to, at => at == from ? [] : leaders[at]);
        return after.Where(before.Contains).Where(at => at != from && at != to).ToHashSet();
    }

    private static HashSet<int> Walk(int from, Func<int, IEnumerable<int>> next)
    {
        var (seen, waiting) = (new HashSet<int> { from }, new Stack<int>([from]));
        while (waiting.TryPop(out var at))
        {
            foreach (var reached in next(at).Where(seen.Add))
            {
                waiting.Push(reached);
            }
        }

        return seen;
    }

    private int Code(int at) => _code[at * InstructionBytes];

    private int Immediate(int at) => BinaryPrimitives.ReadInt32LittleEndian(_code.AsSpan((at * InstructionBytes) + 4));

    private int Offset(int at) => BinaryPrimitives.ReadInt16LittleEndian(_code.AsSpan((at * InstructionBytes) + 2));

    private int[] Next(int at)
    {
        var code = Code(at);
        var isJump = (code & 7) is 5 or 6 && code is not (CallCode or ExitCode);
        return code switch
        {
            ExitCode => [],
            HeldInTwo => [at + 2],
            0x05 => [at + 1 + Offset(at)],
            0x06 => [at + 1 + Immediate(at)],
            _ when at + 1 >= Count => [],
            _ => isJump ? [at + 1, at + 1 + Offset(at)] : [at + 1],
        };
    }
}

namespace NetMon.Fuzz;

/// <summary>One kind of input that attackers or damage can shape, and its reader.</summary>
/// <param name="Name">As in the command line and the folder of its corpus.</param>
/// <param name="Read">Reads any bytes. It may refuse them by the exception that callers expect, which it catches itself; everything else is a finding.</param>
/// <param name="UsualBytes">The loop seldom makes longer inputs; large enough for everything that the target parses.</param>
internal sealed record FuzzTarget(string Name, Action<ReadOnlyMemory<byte>> Read, int UsualBytes)
{
    /// <summary>
    /// Bytes that one read may allocate for any input, plus this many per input byte: strings, dictionaries, pages of a file.
    /// </summary>
    private const long MostAllocated = 48 << 20;

    private const long MostAllocatedPerByte = 4096;

    /// <summary>
    /// Reads an input on the calling thread. Throws the reader's unexpected exceptions, and <see cref="FuzzFinding"/> if it allocated too
    /// much.
    /// </summary>
    public void Run(ReadOnlyMemory<byte> input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(input);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > MostAllocated + MostAllocatedPerByte * input.Length)
        {
            throw new FuzzFinding($"{allocated} bytes were allocated for an input of {input.Length}");
        }
    }
}

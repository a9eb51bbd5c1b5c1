namespace NetMon.Fuzz;

/// <summary>One kind of input that strangers or damage can shape, and what reads it.</summary>
/// <param name="Name">As the command line and the folder of its corpus have it.</param>
/// <param name="Read">Reads any bytes. It may refuse them by the exception that callers expect, which it catches itself; everything else is a finding.</param>
internal sealed record FuzzTarget(string Name, Action<byte[]> Read)
{
    /// <summary>Bytes that one reading may allocate whatever is in the input, and for each byte of it: strings, dictionaries, pages of a file.</summary>
    private const long MostAllocated = 48 << 20;

    private const long MostAllocatedPerByte = 4096;

    /// <summary>Reads an input on the calling thread. Throws what a reader let through, and <see cref="FuzzFinding"/> when it took too much memory.</summary>
    public void Run(byte[] input)
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

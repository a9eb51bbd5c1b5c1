using System.Runtime.InteropServices;

namespace NetMon.Native;

/// <summary>
/// A program that iterates over the elements of a map, or over other kernel objects, and writes its output to a file, which is read here.
/// Created by a <see cref="BpfObject"/>; must be disposed before the object. Not thread-safe.
/// </summary>
public sealed unsafe class BpfIterator : IDisposable
{
    private const int Eintr = 4;
    private const int Eagain = 11;
    private nint _link;
    private int _pass = -1;

    internal BpfIterator(nint link) => _link = link;

    /// <summary>Starts a pass at the first element.</summary>
    public void Begin()
    {
        End();
        var pass = Libbpf.CreateIterator(Libbpf.LinkDescriptor(_link));
        _pass = pass >= 0 ? pass : throw new NativeException("starting an iterator", -pass);
    }

    /// <summary>Runs the program until it has written output; returns 0 at the end of the pass. Throws <see cref="NativeException"/>.</summary>
    public int Read(Span<byte> output)
    {
        while (true)
        {
            fixed (byte* to = output)
            {
                var bytes = Libc.Read(_pass, to, (nuint)output.Length);
                if (bytes >= 0)
                {
                    return (int)bytes;
                }
            }

            // EAGAIN: a million elements without output, after which the kernel requires another read.
            var errno = Marshal.GetLastPInvokeError();
            if (errno is not (Eintr or Eagain))
            {
                throw new NativeException("running an iterator", errno);
            }
        }
    }

    /// <summary>
    /// Runs a complete pass of a program without output, which only modifies maps, in the network namespace of the calling thread. False if the
    /// kernel aborted it.
    /// </summary>
    public bool TryRunToEnd()
    {
        try
        {
            Begin();
            Span<byte> nothing = stackalloc byte[64];
            while (Read(nothing) > 0)
            {
            }

            return true;
        }
        catch (NativeException)
        {
            return false;
        }
        finally
        {
            End();
        }
    }

    /// <summary>Ends a pass, complete or not.</summary>
    public void End()
    {
        if (_pass >= 0)
        {
            _ = Libc.Close(_pass);
            _pass = -1;
        }
    }

    public void Dispose()
    {
        End();
        if (_link != 0)
        {
            _ = Libbpf.DestroyLink(_link);
            _link = 0;
        }
    }
}

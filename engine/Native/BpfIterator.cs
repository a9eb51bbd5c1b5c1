using System.Runtime.InteropServices;

namespace NetMon.Native;

/// <summary>
/// A program that runs over the elements of a map, or over what the kernel has of another kind, and writes what it has to say to a
/// file, which is read here. Made by a <see cref="BpfObject"/>; its owner disposes of it before the object. One thread at a time.
/// </summary>
public sealed unsafe class BpfIterator : IDisposable
{
    private const int Eintr = 4;
    private const int Eagain = 11;
    private nint _link;
    private int _pass = -1;

    internal BpfIterator(nint link) => _link = link;

    /// <summary>Begins a pass, from the first element on.</summary>
    public void Begin()
    {
        End();
        var pass = Libbpf.CreateIterator(Libbpf.LinkDescriptor(_link));
        _pass = pass >= 0 ? pass : throw new NativeException("starting an iterator", -pass);
    }

    /// <summary>Runs the program on until it has written something; 0 when the pass has ended. Throws <see cref="NativeException"/>.</summary>
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

            // EAGAIN: a million elements without a word, after which the kernel wants to be asked again.
            var errno = Marshal.GetLastPInvokeError();
            if (errno is not (Eintr or Eagain))
            {
                throw new NativeException("running an iterator", errno);
            }
        }
    }

    /// <summary>
    /// A whole pass of a program that writes nothing: what it does, it does to maps. In the network namespace of the calling thread.
    /// False if the kernel broke it off.
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

    /// <summary>Ends a pass, whole or not.</summary>
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

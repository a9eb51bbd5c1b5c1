using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NetMon.Native;

/// <summary>
/// A descriptor for writing lines, with features that .NET's streams lack: the errno, a bounded wait, and the free space of a pipe. Owns the
/// descriptor unless it is a standard one.
/// </summary>
public sealed unsafe class OutputDescriptor : IDisposable
{
    /// <summary>The maximum size of an atomic write to a pipe (pipe(7), PIPE_BUF).</summary>
    public const int AtomicPipeBytes = 4096;

    private const int StandardOutput = 1;
    private const int StandardErrorOutput = 2;
    private const int WantedPipeBytes = 1024 * 1024; // the default limit for unprivileged processes
    private const int SeekEnd = 2;
    private const int NoEntry = 2;
    private const int NoReader = 6; // ENXIO
    private const int Interrupted = 4;
    private readonly SafeFileHandle _handle;

    private OutputDescriptor(int descriptor, bool owned, bool enlarge = true)
    {
        _handle = new SafeFileHandle(descriptor, owned);
        var size = enlarge ? Libc.Control(descriptor, Libc.SetPipeSize, WantedPipeBytes) : 0;
        PipeBytes = size > 0 ? size : Math.Max(0, Libc.Control(descriptor, Libc.ReadPipeSize, 0));
        IsRegularFile = PipeBytes == 0 && Libc.Seek(descriptor, 0, 1) >= 0;
    }

    /// <summary>A pipe's capacity in bytes; 0 for other descriptors.</summary>
    public int PipeBytes { get; }

    /// <summary>Whether it is a regular file, which can be truncated.</summary>
    public bool IsRegularFile { get; }

    private int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Standard output.</summary>
    public static OutputDescriptor Standard() => new(StandardOutput, owned: false);

    /// <summary>
    /// Returns standard error; /dev/null if the program was started without it. A pipe is reopened, so that a write to a full pipe returns
    /// EAGAIN and does not block (another process may fill it between a check and the write), without affecting other holders of the pipe. If
    /// reopening is not permitted, the inherited descriptor is used.
    /// </summary>
    public static OutputDescriptor StandardError()
    {
        for (var standard = 0; standard <= StandardErrorOutput; standard++)
        {
            if (Libc.Control(standard, Libc.ReadDescriptorFlags, 0) < 0)
            {
                // open(2) returns the lowest free number, which otherwise a file opened by the program would get, and receive printed
                // output. Standard output stays unwritable: writes to it must not count as delivered.
                _ = Libc.Open("/dev/null", standard == StandardErrorOutput ? Libc.OpenWriteOnly : Libc.OpenReadOnly, 0);
            }
        }

        if (Libc.Control(StandardErrorOutput, Libc.ReadPipeSize, 0) > 0)
        {
            var again = Libc.Open($"/proc/self/fd/{StandardErrorOutput}", Libc.OpenWriteOnly | Libc.OpenNonBlocking | Libc.CloseOnExec, 0);
            if (again >= 0)
            {
                return new OutputDescriptor(again, owned: true, enlarge: false);
            }
        }

        return new OutputDescriptor(StandardErrorOutput, owned: false, enlarge: false);
    }

    /// <summary>
    /// Opens a file for appending, and creates it with mode 0640 if missing; follows links. Null for a FIFO without a reader, for which a wait
    /// would be unbounded. Throws <see cref="NativeException"/>.
    /// </summary>
    public static OutputDescriptor? Append(string path)
    {
        const uint mode = 0x1a0; // 0640
        var descriptor = Libc.Open(path, Libc.OpenWriteOnly | Libc.OpenCreate | Libc.OpenAppend | Libc.OpenNonBlocking | Libc.CloseOnExec, mode);
        if (descriptor < 0)
        {
            return Marshal.GetLastPInvokeError() == NoReader && FileInode.IsFifo(path) ? null : throw NativeException.FromErrno($"opening {path}");
        }

        var flags = Libc.Control(descriptor, Libc.ReadStatusFlags, 0);
        _ = Libc.Control(descriptor, Libc.SetStatusFlags, flags & ~Libc.OpenNonBlocking);
        return new OutputDescriptor(descriptor, owned: true);
    }

    /// <summary>
    /// Makes a regular file end with a complete line: removes the text after the last newline if it starts like a JSON object and is not longer
    /// than a line can be; otherwise appends a newline. Returns the number of bytes removed. Does nothing if the file can't be read.
    /// </summary>
    public int CutTornLine(int longest)
    {
        var end = IsRegularFile ? Libc.Seek(Descriptor, 0, SeekEnd) : 0;
        if (end <= 0)
        {
            return 0;
        }

        var again = Libc.Open($"/proc/self/fd/{Descriptor}", Libc.OpenReadOnly | Libc.CloseOnExec, 0);
        if (again < 0)
        {
            return 0;
        }

        using var readable = new SafeFileHandle(again, ownsHandle: true);
        var tail = new byte[Math.Min(end, longest + 1)];
        tail = tail[..RandomAccess.Read(readable, tail, end - tail.Length)];
        var newline = Array.LastIndexOf(tail, (byte)'\n');
        var torn = tail.Length - newline - 1;
        if (torn == 0)
        {
            return 0;
        }

        if (torn <= longest && tail[newline + 1] == (byte)'{')
        {
            CutBack(torn);
            return torn;
        }

        _ = Write("\n"u8);
        return 0;
    }

    /// <summary>Whether a path still leads to this file; false if the file was removed, moved or replaced.</summary>
    public bool IsAt(string path)
    {
        var there = Libc.Open(path, Libc.OpenPath | Libc.CloseOnExec, 0);
        if (there < 0)
        {
            return Marshal.GetLastPInvokeError() != NoEntry; // without access to the path, the file is not known to be gone
        }

        using var handle = new SafeFileHandle(there, ownsHandle: true);
        return FileInode.IdentityOf(there) == FileInode.IdentityOf(Descriptor);
    }

    /// <summary>Waits until the descriptor is writable; false on timeout.</summary>
    public bool WaitWritable(TimeSpan atMost)
    {
        var request = new Libc.PollRequest { Descriptor = Descriptor, Events = Libc.PollOut };
        for (var until = Environment.TickCount64 + (long)atMost.TotalMilliseconds; ;)
        {
            var ready = Libc.Poll(&request, 1, (int)Math.Max(0, until - Environment.TickCount64));
            if (ready >= 0 || Marshal.GetLastPInvokeError() != Interrupted)
            {
                return ready > 0;
            }
        }
    }

    /// <summary>Whether it is a pipe or a socket whose other end is closed.</summary>
    public bool IsAbandoned()
    {
        var request = new Libc.PollRequest { Descriptor = Descriptor };
        return Libc.Poll(&request, 1, 0) > 0 && (request.Returned & (Libc.PollError | Libc.PollHangUp)) != 0;
    }

    /// <summary>Returns the number of unread bytes in a pipe.</summary>
    public int UnreadBytes()
    {
        int bytes;
        return Libc.DeviceControl(Descriptor, Libc.BytesWaiting, &bytes) == 0 ? bytes : int.MaxValue;
    }

    /// <summary>Calls write(2) once; returns the bytes written, or the negated errno.</summary>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            while (true)
            {
                var written = Libc.Write(Descriptor, start, (nuint)bytes.Length);
                if (written >= 0)
                {
                    return (int)written;
                }

                var errno = Marshal.GetLastPInvokeError();
                if (errno != Interrupted)
                {
                    return -errno;
                }
            }
        }
    }

    /// <summary>Removes the last bytes of a regular file.</summary>
    public void CutBack(int bytes)
    {
        var end = Libc.Seek(Descriptor, 0, SeekEnd);
        if (end >= bytes && Libc.Truncate(Descriptor, end - bytes) == 0)
        {
            _ = Libc.Seek(Descriptor, end - bytes, 0);
        }
    }

    public void Dispose() => _handle.Dispose();
}

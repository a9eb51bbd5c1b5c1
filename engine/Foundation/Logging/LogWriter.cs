using NetMon.Native;

namespace NetMon.Foundation.Logging;

/// <summary>
/// Writes log lines to a descriptor and never fails or hangs because of it: whole lines only, and it
/// never waits longer than <see cref="StallBound"/>. Lines that could not be written are counted, and the count is the first line when writing works
/// again. Owns the descriptor. Any thread.
/// </summary>
public sealed class LogWriter(LogFormat format, OutputDescriptor descriptor, TimeSpan? stallBound = null) : IDisposable
{
    private const string Component = "log";
    private readonly LineOutput _output = new(descriptor, stallBound ?? TimeSpan.FromSeconds(1));
    private readonly Lock _gate = new();
    private readonly byte[] _line = new byte[LogLine.MaxBytes];
    private long _dropped;

    /// <summary>How long a line waits for a reader that does not read. Until it reads again, each further line only tries.</summary>
    public TimeSpan StallBound => _output.StallBound;

    /// <summary>A logger that writes to standard error in the format that the arguments or the environment ask for.</summary>
    public static Logger ToStandardError(ReadOnlySpan<string> arguments, string component) =>
        new(new LogWriter(LogFormatOption.Of(arguments), OutputDescriptor.StandardError()).Write, component);

    public void Dispose() => _output.Dispose();

    /// <summary>Writes an entry, or counts it as dropped.</summary>
    public void Write(LogEntry entry)
    {
        if (!_gate.TryEnter(StallBound))
        {
            Interlocked.Increment(ref _dropped);
            return;
        }

        try
        {
            var dropped = Interlocked.Read(ref _dropped);
            if ((dropped == 0 || TryWriteDropped(dropped)) && TryWrite(entry))
            {
                return;
            }

            Interlocked.Increment(ref _dropped);
        }
        finally
        {
            _gate.Exit();
        }
    }

    private bool TryWriteDropped(long dropped)
    {
        if (!TryWrite(new LogEntry(LogLevel.Warn, Component, $"{dropped} log lines before this one were dropped: standard error was not read or could not be written to.")))
        {
            return false;
        }

        Interlocked.Add(ref _dropped, -dropped);
        return true;
    }

    private bool TryWrite(in LogEntry entry)
    {
        var now = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        var length = LogLine.Write(_line, format, now, in entry);
        return _output.Write(_line.AsSpan(0, length), out _) == length;
    }
}

using NetMon.Native;

namespace NetMon.Foundation.Logging;

/// <summary>
/// Writes log lines to a descriptor without ever failing or hanging: complete lines only, with waits of at most <see cref="StallBound"/>. Lines
/// that could not be written are counted, and the count is logged first when writing works again. Owns the descriptor. Thread-safe.
/// </summary>
public sealed class LogWriter(LogFormat format, OutputDescriptor descriptor, TimeSpan? stallBound = null) : IDisposable
{
    private const string Component = "log";
    private readonly LineOutput _output = new(descriptor, stallBound ?? TimeSpan.FromSeconds(1));
    private readonly Lock _gate = new();
    private readonly byte[] _line = new byte[LogLine.MaxBytes];
    private long _dropped;

    /// <summary>The maximum time that a line waits for a slow reader. After a timeout, lines do not wait until the reader reads again.</summary>
    public TimeSpan StallBound => _output.StallBound;

    /// <summary>Returns a logger that writes to standard error in the format selected by the arguments or the environment.</summary>
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

using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Foundation;
using NetMon.Foundation.Logging;

namespace NetMon.Pipeline.Json;

/// <summary>Writes events as JSON lines, with one reused buffer and one write per batch. Owns its output.</summary>
public sealed class JsonSink(JsonOutput output, EventLine line, SinkCounters counters, FaultState fault, Logger log) : IEventSink
{
    /// <summary>The name of this stage in loss counters, loss files and metrics.</summary>
    public const string Stage = "json";

    private const int BufferBytes = 256 * 1024;
    private const byte NewLine = (byte)'\n';
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _used;
    private int _lines;

    public SinkCounters Counters => counters;

    public void Write(ReadOnlySpan<ConnectionEvent> events)
    {
        foreach (ref readonly var e in events)
        {
            if (_buffer.Length - _used < EventLine.MaxBytes)
            {
                Flush();
            }

            _used += line.Write(in e, _buffer.AsSpan(_used));
            _lines++;
        }
    }

    public void Advance(long watermarkUnixNanoseconds)
    {
        Flush();
        output.Look();
    }

    public long Pending => _lines;

    public void Recover()
    {
        counters.AddFailed(_lines);
        (_used, _lines) = (0, 0);
    }

    /// <summary>Requests that the file be reopened. Thread-safe.</summary>
    public void Reopen() => output.Reopen();

    public void Close()
    {
        Flush();
        output.Dispose();
    }

    private void Flush()
    {
        if (_used == 0)
        {
            return;
        }

        var written = output.Write(_buffer.AsSpan(0, _used), out var errno);
        var delivered = written == _used ? _lines : _buffer.AsSpan(0, written).Count(NewLine);
        counters.AddDelivered(delivered);
        counters.AddBytes(written);
        if (delivered < _lines)
        {
            Fail(_lines - delivered, errno);
        }
        else if (fault.Why is not null)
        {
            fault.Works();
            log.Info($"writing works again; {counters.Failed + counters.QueueFull} lines dropped since start");
        }

        (_used, _lines) = (0, 0);
    }

    private void Fail(int lines, int errno)
    {
        if (errno == 0)
        {
            counters.AddQueueFull(lines);
        }
        else
        {
            counters.AddFailed(lines);
        }

        var why = errno != 0 ? $"writing failed: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})"
            : output.IsOpen ? $"nobody has read the output for {output.StallBound.TotalSeconds:0} s"
            : "nobody has opened the FIFO for reading";
        if (fault.Why is null)
        {
            log.Warn(errno == 0
                ? $"{why}; lines are dropped and counted until it is read{(output.IsOpen ? " again" : "")}. Use a {(output.IsOpen ? "faster " : "")}reader, or --json none."
                : $"{why}; lines are dropped and counted until it works again. Check the reader, or the file's disk. Retrying automatically.");
        }

        fault.Failed(why);
    }
}

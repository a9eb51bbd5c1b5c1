using System.Globalization;
using NetMon.Foundation;
using NetMon.Foundation.Logging;
using NetMon.Native;

namespace NetMon.Pipeline.Json;

/// <summary>
/// The destination of JSON lines: standard output or a file. A file that was renamed or removed is reopened on request (log rotation), or
/// within a second. Not thread-safe, except for <see cref="Reopen"/>.
/// </summary>
public sealed class JsonOutput : IDisposable
{
    private const long LookEveryMilliseconds = 1000;

    private readonly string? _path;
    private readonly Logger _log;
    private readonly TimeSpan? _stallBound;
    private OutputDescriptor? _descriptor;
    private LineOutput? _lines;
    private long _nextLook;
    private long _sinceLook;
    private volatile bool _isAsked;
    private bool _failing;

    /// <param name="descriptor">Ownership is transferred; null for a FIFO without a reader, which is opened once it has one.</param>
    /// <param name="path">The path of the file or FIFO; null for other descriptors.</param>
    /// <param name="log">For the operator.</param>
    /// <param name="stallBound">The maximum time that a write waits for a slow reader; null: the default.</param>
    public JsonOutput(OutputDescriptor? descriptor, string? path, Logger log, TimeSpan? stallBound = null)
    {
        (_path, _descriptor, _log, _stallBound) = (path, descriptor, log, stallBound);
        _lines = descriptor is null ? null : new LineOutput(descriptor, stallBound);
    }

    /// <summary>False for a FIFO without a reader.</summary>
    public bool IsOpen => _lines is not null;

    /// <summary>The maximum time that a write waits for a slow reader.</summary>
    public TimeSpan StallBound => _lines?.StallBound ?? TimeSpan.Zero;

    /// <summary>Opens an output.</summary>
    /// <param name="path">A file to append to, or "-" for standard output.</param>
    /// <param name="log">For the operator.</param>
    /// <exception cref="NativeException">The file can't be opened.</exception>
    public static JsonOutput Open(string path, Logger log)
    {
        if (path == "-")
        {
            return new JsonOutput(OutputDescriptor.Standard(), null, log);
        }

        var descriptor = OpenFile(path, log);
        return new JsonOutput(descriptor, descriptor is null or { IsRegularFile: true } ? path : null, log);
    }

    /// <summary>Requests that the file be reopened by its path, as after a rename by log rotation. Thread-safe.</summary>
    public void Reopen()
    {
        if (_path is null)
        {
            _log.Info("SIGHUP received: the output is not a file, so there is nothing to reopen.");
        }

        _isAsked = true;
    }

    /// <summary>Writes lines; see <see cref="LineOutput.Write"/>.</summary>
    public int Write(ReadOnlySpan<byte> lines, out int errno)
    {
        Look();
        if (_lines is null)
        {
            errno = 0;
            return 0;
        }

        var written = _lines.Write(lines, out errno);
        _sinceLook += lines[..written].Count((byte)'\n');
        return written;
    }

    /// <summary>Reopens the file if requested, or if the path leads to another file. Checks the path once a second.</summary>
    public void Look()
    {
        var now = Environment.TickCount64;
        if (_path is null || (!_isAsked && now < _nextLook))
        {
            return;
        }

        _nextLook = now + LookEveryMilliseconds;
        var isAsked = _isAsked;
        if (isAsked || _descriptor?.IsAt(_path) != true)
        {
            _isAsked = false;
            Replace(_path, isAsked);
        }

        _sinceLook = 0;
    }

    public void Dispose() => _lines?.Dispose();

    /// <summary>Opens a file; null for a FIFO without a reader.</summary>
    private static OutputDescriptor? OpenFile(string path, Logger log)
    {
        var descriptor = OutputDescriptor.Append(path);
        if (descriptor?.CutTornLine(EventLine.MaxBytes) is > 0 and var bytes)
        {
            log.Warn($"{path} ended with an incomplete line, probably from a killed agent: {bytes} bytes cut off.");
        }

        return descriptor;
    }

    private void Replace(string path, bool isAsked)
    {
        OutputDescriptor? opened;
        try
        {
            opened = OpenFile(path, _log);
        }
        catch (NativeException failure)
        {
            if (!_failing)
            {
                _failing = true;
                _log.Warn($"{path} can't be reopened: {failure.Message.TrimEnd('.')}; lines still go to the previous file. Check the directory and its permissions. Retrying every second.");
            }

            return;
        }

        if (opened is null)
        {
            return; // a FIFO that still has no reader
        }

        _log.Info(_lines is null ? $"{path}: a reader has opened it."
            : isAsked ? $"{path}: reopened (SIGHUP)."
            : string.Create(CultureInfo.InvariantCulture, $"{path} was removed or renamed: reopened. Up to {_sinceLook} lines of the last second went to the previous file."));
        _failing = false;
        _lines?.Dispose();
        (_descriptor, _lines) = (opened, new LineOutput(opened, _stallBound));
    }
}

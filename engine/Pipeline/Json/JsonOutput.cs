using System.Globalization;
using NetMon.Foundation;
using NetMon.Foundation.Logging;
using NetMon.Native;

namespace NetMon.Pipeline.Json;

/// <summary>
/// Where JSON lines go: standard output, or a file. A file that was renamed or removed is opened again, when somebody asks for it
/// (log rotation) or within a second by itself. One thread, except <see cref="Reopen"/>.
/// </summary>
public sealed class JsonOutput : IDisposable
{
    private const long LookEveryMilliseconds = 1000;

    private readonly string? _path;
    private readonly Logger _log;
    private OutputDescriptor _descriptor;
    private LineOutput _lines;
    private long _nextLook;
    private long _sinceLook;
    private volatile bool _isAsked;
    private bool _failing;

    /// <param name="descriptor">Taken over.</param>
    /// <param name="path">Of the file that it is; null for what is no file.</param>
    /// <param name="log">For the operator.</param>
    /// <param name="stallBound">How long a write waits for a reader that does not read; null: as long as usual.</param>
    public JsonOutput(OutputDescriptor descriptor, string? path, Logger log, TimeSpan? stallBound = null)
    {
        (_path, _descriptor, _log) = (path, descriptor, log);
        _lines = new LineOutput(descriptor, stallBound);
    }

    /// <summary>How long a write waits for a reader that does not read.</summary>
    public TimeSpan StallBound => _lines.StallBound;

    /// <summary>Opens it.</summary>
    /// <param name="path">A file to append to, or "-" for standard output.</param>
    /// <param name="log">For the operator.</param>
    /// <exception cref="NativeException">The file can't be opened.</exception>
    public static JsonOutput Open(string path, Logger log)
    {
        var descriptor = path == "-" ? OutputDescriptor.Standard() : OutputDescriptor.Append(path);
        return new JsonOutput(descriptor, path != "-" && descriptor.IsRegularFile ? path : null, log);
    }

    /// <summary>Asks for the file to be opened again by its path, as log rotation does after a rename. Any thread.</summary>
    public void Reopen()
    {
        if (_path is null)
        {
            _log.Info("asked to open the output again (SIGHUP): it is no file, so there is nothing to do.");
        }

        _isAsked = true;
    }

    /// <summary>Writes lines; see <see cref="LineOutput.Write"/>.</summary>
    public int Write(ReadOnlySpan<byte> lines, out int errno)
    {
        Look();
        var written = _lines.Write(lines, out errno);
        _sinceLook += lines[..written].Count((byte)'\n');
        return written;
    }

    /// <summary>Opens the file again if somebody asked for it, or if it is not at its path any more. Looks once a second.</summary>
    public void Look()
    {
        var now = Environment.TickCount64;
        if (_path is null || (!_isAsked && now < _nextLook))
        {
            return;
        }

        _nextLook = now + LookEveryMilliseconds;
        var isAsked = _isAsked;
        if (isAsked || !_descriptor.IsAt(_path))
        {
            _isAsked = false;
            Replace(_path, isAsked);
        }

        _sinceLook = 0;
    }

    public void Dispose() => _lines.Dispose();

    private void Replace(string path, bool isAsked)
    {
        OutputDescriptor opened;
        try
        {
            opened = OutputDescriptor.Append(path);
        }
        catch (NativeException failure)
        {
            if (!_failing)
            {
                _failing = true;
                _log.Warn($"{path} can't be opened again: {failure.Message.TrimEnd('.')}; lines go on to the file as it was. Check the folder and its permissions. Retrying every second.");
            }

            return;
        }

        _log.Info(isAsked
            ? $"{path}: opened again (SIGHUP)."
            : string.Create(CultureInfo.InvariantCulture, $"{path} was removed or renamed: opened again. Up to {_sinceLook} lines of the last second went to the file as it was."));
        _failing = false;
        _lines.Dispose();
        (_descriptor, _lines) = (opened, new LineOutput(opened));
    }
}

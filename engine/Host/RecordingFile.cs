using System.Buffers;
using NetMon.Foundation.Logging;
using NetMon.Native;
using NetMon.Sources.Replay;

namespace NetMon.Host;

/// <summary>The file of --record: a copy of the raw stream. If a write fails, recording ends with a log line and the agent continues.</summary>
internal sealed class RecordingFile : IDisposable
{
    private const int BufferBytes = 1024 * 1024;
    private readonly FileStream _file;
    private readonly Logger _log;
    private bool _ended;

    /// <summary>Creates the file with the recording's magic, mode 0640; truncates an existing file and does not follow links. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
    public RecordingFile(string path, Logger log)
    {
        _log = log;
        _file = new FileStream(RegularFile.Create(path), FileAccess.Write, BufferBytes);
        _file.Write(Recording.Magic);
    }

    /// <summary>Appends a part of the stream.</summary>
    public void Append(ReadOnlySequence<byte> stream)
    {
        try
        {
            foreach (var segment in stream)
            {
                if (!_ended)
                {
                    _file.Write(segment.Span);
                }
            }
        }
        catch (IOException e)
        {
            End(e);
        }
    }

    public void Dispose()
    {
        try
        {
            _file.Dispose();
        }
        catch (IOException e)
        {
            End(e);
        }
    }

    private void End(IOException failure)
    {
        if (!_ended)
        {
            _ended = true;
            _log.Error($"{failure.Message} The recording ends here, possibly in the middle of a record; events are not affected.");
        }
    }
}

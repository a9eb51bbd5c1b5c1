using System.Globalization;
using System.IO.Pipes;
using System.Text;
using NetMon.Native;

namespace NetMon.UnitTests.Foundation;

/// <summary>A system pipe, with the agent's end opened as the agent opens it.</summary>
internal sealed class OutputPipe : IDisposable
{
    private readonly AnonymousPipeServerStream _reader = new(PipeDirection.In);

    public OutputPipe()
    {
        var descriptor = _reader.GetClientHandleAsString();
        Output = OutputDescriptor.Append(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}"))!;
        _reader.DisposeLocalCopyOfClientHandle();
    }

    /// <summary>The write end; the receiver disposes of it.</summary>
    public OutputDescriptor Output { get; }

    public Stream Reader => _reader;

    public void CloseReader() => _reader.Dispose();

    /// <summary>Reads to the end, which follows the disposal of <see cref="Output"/>.</summary>
    public async Task<string> ReadAll()
    {
        using var text = new StreamReader(_reader, Encoding.UTF8);
        return await text.ReadToEndAsync();
    }

    public void Dispose() => _reader.Dispose();
}

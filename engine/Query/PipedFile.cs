using System.Globalization;
using System.IO.Pipes;
using DuckDB.NET.Data;

namespace NetMon.Query;

/// <summary>A path that DuckDB can write a file to, whose bytes go to a stream as they come: a pipe.</summary>
/// <param name="folder">Where the path is made; DuckDB must be allowed to write there.</param>
/// <param name="output">Where the bytes go.</param>
internal sealed class PipedFile(string folder, Stream output) : IDisposable
{
    private const string Name = "answer";
    private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.In);

    /// <summary>Has a file written, and returns when all of it has gone to the stream.</summary>
    /// <param name="write">Writes it to the path that it gets.</param>
    /// <exception cref="IOException">The stream takes no more.</exception>
    /// <exception cref="DuckDBException">What <paramref name="write"/> throws.</exception>
    public void Write(Action<string> write)
    {
        var path = Path.Combine(folder, Name);
        File.CreateSymbolicLink(path, string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{_pipe.ClientSafePipeHandle.DangerousGetHandle()}"));
        var copy = Task.Factory.StartNew(Copy, TaskCreationOptions.LongRunning);
        try
        {
            write(path);
        }
        catch (DuckDBException) when (copy.IsCompleted)
        {
            copy.GetAwaiter().GetResult(); // its writer could not go on, because the stream takes no more
            throw;
        }
        finally
        {
            File.Delete(path);
            _pipe.DisposeLocalCopyOfClientHandle(); // the reader's end of the file
            ((IAsyncResult)copy).AsyncWaitHandle.WaitOne();
        }

        copy.GetAwaiter().GetResult();
    }

    public void Dispose() => _pipe.Dispose();

    private void Copy()
    {
        try
        {
            _pipe.CopyTo(output);
        }
        catch
        {
            _pipe.Dispose(); // whoever writes is to know
            throw;
        }
    }
}

using System.Globalization;
using System.IO.Pipes;
using DuckDB.NET.Data;

namespace NetMon.Query;

/// <summary>A path that DuckDB can write a file to, implemented as a pipe that forwards the bytes to a stream.</summary>
/// <param name="folder">The folder of the path, to which DuckDB must be allowed to write.</param>
/// <param name="output">The destination.</param>
internal sealed class PipedFile(string folder, Stream output) : IDisposable
{
    private const string Name = "answer";
    private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.In);

    /// <summary>Has a file written; returns when the stream has received all of it.</summary>
    /// <param name="write">Writes the file to the path that it receives.</param>
    /// <exception cref="IOException">The stream can't be written.</exception>
    /// <exception cref="DuckDBException">Thrown by <paramref name="write"/>.</exception>
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
            copy.GetAwaiter().GetResult(); // the writer failed because the stream can't be written
            throw;
        }
        finally
        {
            File.Delete(path);
            _pipe.DisposeLocalCopyOfClientHandle(); // gives the reader its end of file
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
            _pipe.Dispose(); // makes the writer fail
            throw;
        }
    }
}

using DuckDB.NET.Data;
using NetMon.Foundation.CommandLines;
using NetMon.Foundation.Logging;

namespace NetMon.Query.Commands;

/// <summary>Maps the outcome of a command to an exit code; an exception becomes one line on stderr.</summary>
internal static class CommandEnd
{
    // .NET stores the errno of a failed write in HResult: EPIPE (asm-generic/errno-base.h).
    private const int BrokenPipe = 32;

    /// <summary>Runs a command; returns the exit code. A <see cref="FormatException"/> means a wrong command line.</summary>
    public static int Of(Logger log, Action command)
    {
        try
        {
            command();
            return ExitCode.Success;
        }
        catch (FormatException e)
        {
            log.Error(Usage.OneLine(e.Message));
            return ExitCode.Usage;
        }
        catch (QueryException e)
        {
            return Fail(e.Message);
        }
        catch (DuckDBException e)
        {
            return Fail(DuckMessage.Explain(e));
        }
        catch (IOException e) when (e.HResult == BrokenPipe)
        {
            return ExitCode.Success; // the reader of the output has closed it
        }
        catch (UnauthorizedAccessException e)
        {
            var why = e.Message.StartsWith("permission denied", StringComparison.Ordinal) ? e.Message : $"permission denied: {e.Message.TrimEnd('.')}";
            return Fail($"{why}: only its owner and group can read a capture, run as one of these (sudo, or the group of the directory)");
        }
        catch (IOException e)
        {
            return Fail(e.Message);
        }

        int Fail(string message)
        {
            log.Error(message);
            return ExitCode.Failure;
        }
    }
}

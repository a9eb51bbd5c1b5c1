namespace NetMon.Host;

/// <summary>The exit codes of the program.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Failure = 1;

    /// <summary>The command line or an environment variable is invalid.</summary>
    public const int Usage = 2;

    /// <summary>This kernel or these privileges do not allow tracing.</summary>
    public const int CannotTrace = 3;
}

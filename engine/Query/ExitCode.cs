namespace NetMon.Query;

/// <summary>The exit codes of the program, consistent with the agent's.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The SQL is invalid, or the capture can't be read.</summary>
    public const int Failure = 1;

    /// <summary>The command line or an environment variable is invalid.</summary>
    public const int Usage = 2;
}

namespace NetMon.Query;

/// <summary>What the program says by its end; the same as the agent's where they mean the same.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The SQL is wrong, or the capture can't be read.</summary>
    public const int Failure = 1;

    /// <summary>The command line or an environment variable is wrong.</summary>
    public const int Usage = 2;
}

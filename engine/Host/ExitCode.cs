namespace NetMon.Host;

/// <summary>What the program says by its end.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Failure = 1;

    /// <summary>The command line or an environment variable is wrong.</summary>
    public const int Usage = 2;

    /// <summary>This kernel or these privileges can't trace.</summary>
    public const int CannotTrace = 3;
}

namespace NetMon.Sources.Kernel;

/// <summary>This kernel or these privileges do not allow tracing. The message says what is missing and how to fix it.</summary>
public sealed class CannotTraceException : Exception
{
    public CannotTraceException(string reason, string fix, string detail = "")
        : base(detail.Length == 0 ? $"{reason}\nwhat to do: {fix}" : $"{reason}\nwhat to do: {fix}\ndetails: {detail.ReplaceLineEndings("\n  ")}")
    {
    }
}

namespace NetMon.Sources.Kernel;

/// <summary>This kernel, or these privileges, cannot trace. The message says what is missing and how to mend it.</summary>
public sealed class CannotTraceException : Exception
{
    public CannotTraceException(string reason, string mend, string detail = "")
        : base(detail.Length == 0 ? $"{reason}\n  what to do: {mend}" : $"{reason}\n  what to do: {mend}\n  details: {detail.ReplaceLineEndings("\n    ")}")
    {
    }
}

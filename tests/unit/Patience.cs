namespace NetMon.UnitTests;

/// <summary>Timeouts of tests that wait for something that must happen.</summary>
internal static class Patience
{
    /// <summary>Only a failure takes this long; a busy or slow machine stays far below.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
}

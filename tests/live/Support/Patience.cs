namespace NetMon.LiveTests.Support;

/// <summary>Timeouts of tests that wait for something that must happen.</summary>
internal static class Patience
{
    /// <summary>Only a failure takes this long; a busy or slow machine stays far below.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>For whole builds and loads, which take minutes on an idle machine.</summary>
    public static readonly TimeSpan LongLimit = TimeSpan.FromMinutes(40);
}

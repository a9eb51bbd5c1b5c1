using System.Runtime.CompilerServices;

namespace NetMon.LiveTests.Support;

/// <summary>Tests block pool threads while they wait for programs, and the servers that those programs talk to need free ones at once.</summary>
internal static class TestThreads
{
    private const int Reserved = 64;

    [ModuleInitializer]
    public static void Reserve() => ThreadPool.SetMinThreads(Reserved, Reserved);
}

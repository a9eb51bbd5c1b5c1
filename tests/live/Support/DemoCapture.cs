namespace NetMon.LiveTests.Support;

/// <summary>A day of three nodes that run a shop (programs/demo-capture.sql): 25 November 2026, 18:00, to the 26th, 18:00.</summary>
internal static class DemoCapture
{
    public const string Since = "2026-11-25T18:00:00Z";
    public const string Until = "2026-11-26T18:00:00Z";

    /// <param name="directory">The capture directory.</param>
    /// <param name="workloads">Number of workloads; 18 have realistic names, further ones are generated.</param>
    /// <param name="connections">Approximate number of connections.</param>
    public static void Write(string directory, int workloads, int connections)
    {
        Directory.CreateDirectory(directory);
        var script = File.ReadAllText(Path.Combine(Repository.Root, "tests/live/programs/demo-capture.sql"));
        _ = Duck.Rows($"SET VARIABLE workloads = {workloads}; SET VARIABLE connections = {connections}; {script.Replace("DIR", directory, StringComparison.Ordinal)}; SELECT 1");
    }
}

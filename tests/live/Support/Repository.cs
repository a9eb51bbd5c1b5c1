namespace NetMon.LiveTests.Support;

/// <summary>Paths of the built programs; a missing one is an error that says how to build it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Agent => Built("bin/netmon", "make build");

    public static string Kubernetes => Built("bin/netmon-kubernetes", "make build");

    public static string Load => Built("bin/netload", "make bin/netload");

    public static string Storm => Built("bin/netstorm", "make bin/netstorm");

    public static string Foreign => Built("bin/netforeign", "make bin/netforeign");

    public static string Peer => Built("bin/netpeer", "make bin/netpeer");

    /// <summary>For guests of that architecture.</summary>
    public static string AgentOfArm => Built("bin/arm64/netmon", "make cross-arm64");

    public static string ForeignOfArm => Built("bin/arm64/netforeign", "make cross-arm64");

    public static string LoadOfArm => Built("bin/arm64/netload", "make cross-arm64");

    private static string Built(string path, string how)
    {
        var full = Path.Combine(Root, path);
        return File.Exists(full) ? full : throw new FileNotFoundException($"{path} is missing: run {how} first");
    }

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "NetMon.sln")))
            {
                return folder;
            }
        }

        throw new DirectoryNotFoundException("the tests must run inside the repository: NetMon.sln is in no parent folder");
    }
}

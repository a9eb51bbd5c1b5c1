namespace NetMon.LiveTests.Support.Containers;

/// <summary>The images of pods, as docker-archives; built on first use, without a registry.</summary>
internal static class OfflineImages
{
    /// <summary>Busybox as sh and sleep, and netload.</summary>
    public const string Tools = "netmon.test/tools:1";

    private static readonly Lazy<string> Folder = new(Make);

    public static string PauseArchive => Path.Combine(Folder.Value, "pause.tar");

    public static string ToolsArchive => Path.Combine(Folder.Value, "tools.tar");

    private static string Make()
    {
        var folder = Path.Combine(Repository.Root, "artifacts/runtimes");
        Shell.Run(Path.Combine(Repository.Root, "tests/runtimes/images.sh"), folder, Repository.Load).MustSucceed();
        return folder;
    }
}

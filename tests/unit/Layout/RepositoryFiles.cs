using Xunit;

namespace NetMon.UnitTests.Layout;

/// <summary>Files of the repository that built these tests.</summary>
internal static class RepositoryFiles
{
    private const string RootMarker = "NetMon.sln";

    public static string Find(string relative, string howToMake)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, RootMarker)))
        {
            folder = folder.Parent;
        }

        Assert.True(folder is not null, $"the tests must run from inside the repository: no {RootMarker} above them");
        var path = Path.Combine(folder.FullName, relative);
        Assert.True(File.Exists(path), $"{relative} is missing: {howToMake}");
        return path;
    }
}

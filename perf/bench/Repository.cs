namespace NetMon.Bench;

/// <summary>The bench's repository.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "NetMon.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("the bench runs from within the repository");
    }
}

using Parquet;

namespace NetMon.Storage.Cold;

/// <summary>
/// Which files of hot/ are in a sealed one already: each Parquet file names in its metadata what it was made of. A crash
/// between the rename and the removal of those leaves both.
/// </summary>
internal static class SealedNames
{
    /// <summary>The key of the metadata; names without folders, with a comma between them.</summary>
    public const string Key = "netmon.segments";

    public static string Of(IEnumerable<string> paths) => string.Join(',', paths.Select(NameOf));

    /// <summary>The names that this node's sealed files in a folder were made of.</summary>
    /// <exception cref="IOException">The folder can't be read.</exception>
    public static HashSet<string> In(CaptureLayout layout, string folder)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in layout.SealedIn(folder))
        {
            using var handle = layout.Root.TryOpen($"{folder}/{name}", writable: false);
            if (handle is not null)
            {
                using var file = new FileStream(handle, FileAccess.Read, bufferSize: 4096);
                names.UnionWith(Read(file));
            }
        }

        return names;
    }

    /// <summary>The last part of a path.</summary>
    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>The names that a sealed file was made of; none where it is no Parquet file.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public static IReadOnlyCollection<string> Read(FileStream file)
    {
        try
        {
            var reader = ParquetReader.CreateAsync(file, null, leaveStreamOpen: true).GetAwaiter().GetResult();
            using var closed = reader as IDisposable;
            return reader.CustomMetadata.TryGetValue(Key, out var names) ? names.Split(',', StringSplitOptions.RemoveEmptyEntries) : [];
        }
#pragma warning disable CA1031 // The library throws all kinds of exceptions for what is no Parquet file.
        catch (Exception e) when (e is not (IOException or UnauthorizedAccessException))
#pragma warning restore CA1031
        {
            return [];
        }
    }
}

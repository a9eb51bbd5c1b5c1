using NetMon.Storage;

namespace NetMon.Query.Files;

/// <summary>A Parquet file with a valid footer.</summary>
/// <param name="File">The file.</param>
/// <param name="Rows">Its number of rows.</param>
/// <param name="Metadata">The keys and values of its footer.</param>
/// <param name="IsCurrent">Whether it has the columns of the current version; otherwise missing columns are null, and types are converted.</param>
internal sealed record ReadableFile(HourFile File, long Rows, IReadOnlyDictionary<string, string> Metadata, bool IsCurrent)
{
    /// <summary>A value of the metadata; null if missing.</summary>
    public string? this[string key] => Metadata.GetValueOrDefault(key);

    /// <summary>Names of the hot files that it was made from.</summary>
    public IEnumerable<string> MadeOf => SealedFile.MadeOf(Metadata);
}

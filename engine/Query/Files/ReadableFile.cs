using NetMon.Storage;

namespace NetMon.Query.Files;

/// <summary>A Parquet file whose footer was read and is sound.</summary>
/// <param name="File">Where it is.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Metadata">Keys and values of its footer.</param>
/// <param name="IsCurrent">Whether its columns are those of the current version; else what it lacks is null, and types are converted.</param>
internal sealed record ReadableFile(HourFile File, long Rows, IReadOnlyDictionary<string, string> Metadata, bool IsCurrent)
{
    /// <summary>A value of the metadata, or null.</summary>
    public string? this[string key] => Metadata.GetValueOrDefault(key);

    /// <summary>Names of the hot files whose rows are in it.</summary>
    public IEnumerable<string> MadeOf => SealedFile.MadeOf(Metadata);
}

using System.Globalization;
using Parquet;

namespace NetMon.Storage;

/// <summary>
/// What a killed run left in hot/. A file without its footer can't be read and is removed; one that was whole and only
/// not moved yet is sealed. Files of agents that run are locked, and left alone.
/// </summary>
internal static class Leftovers
{
    /// <summary>Clears this node's leftovers and reports them in a line, if there are any.</summary>
    /// <exception cref="IOException">hot/ can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">hot/ may not be read.</exception>
    public static void Clear(CaptureLayout layout, string bootId, Action<string> report)
    {
        var (removed, bytes, sealedFiles) = (0, 0L, 0);
        foreach (var (path, hour) in layout.FindPartials())
        {
            try
            {
                using var file = layout.OpenPartial(path);
                if (IsWhole(file, bootId))
                {
                    layout.Seal(file, hour);
                    sealedFiles++;
                }
                else
                {
                    bytes += file.Length;
                    File.Delete(path);
                    removed++;
                }
            }
            catch (Exception failure) when (DiskFailure.Is(failure))
            {
                // Another agent's, or gone in the meantime.
            }
        }

        if (removed + sealedFiles > 0)
        {
            report(string.Create(
                CultureInfo.InvariantCulture,
                $"parquet: a run before this one was killed: removed {removed} unfinished files with {bytes} bytes from {layout.Hot}, their rows are lost; sealed {sealedFiles} that were whole."));
        }
    }

    /// <summary>Whether it has its footer and was written since the node booted, so that no page of it is lost.</summary>
    private static bool IsWhole(FileStream file, string bootId)
    {
        try
        {
            var reader = ParquetReader.CreateAsync(file, null, leaveStreamOpen: true).GetAwaiter().GetResult();
            using var closed = reader as IDisposable;
            return reader.CustomMetadata.TryGetValue("netmon.boot_id", out var written) && written == bootId;
        }
#pragma warning disable CA1031 // The library throws all kinds of exceptions for what is no Parquet file.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}

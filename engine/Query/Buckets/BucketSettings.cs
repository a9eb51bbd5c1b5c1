using NetMon.Storage.Uploads;

namespace NetMon.Query.Buckets;

/// <summary>A capture in a bucket, as given on the command line.</summary>
/// <param name="Target">The bucket.</param>
/// <param name="Cache">The folder for downloaded files.</param>
/// <param name="CacheBytes">Its maximum size in bytes.</param>
internal sealed record BucketSettings(UploadTarget Target, string Cache, long CacheBytes)
{
    /// <summary>The user's cache folder; null if unknown.</summary>
    public static string? DefaultCache
    {
        get
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is ['/', ..] caches ? Path.Combine(caches, "netmon")
                : home.Length > 0 ? Path.Combine(home, ".cache", "netmon")
                : null;
        }
    }
}

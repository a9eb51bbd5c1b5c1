using NetMon.Storage.Uploads;

namespace NetMon.Query.Buckets;

/// <summary>A capture in a bucket, as the command line gives it.</summary>
/// <param name="Target">The bucket.</param>
/// <param name="Cache">The folder for what was fetched.</param>
/// <param name="CacheBytes">How much may be in it.</param>
internal sealed record BucketSettings(UploadTarget Target, string Cache, long CacheBytes)
{
    /// <summary>The user's own cache folder; null where it can't be told.</summary>
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

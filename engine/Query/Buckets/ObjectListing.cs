using System.Globalization;
using NetMon.Query.Files;
using NetMon.Query.Planning;
using NetMon.Storage;
using NetMon.Storage.Uploads;

namespace NetMon.Query.Buckets;

/// <summary>Maps bounds to the keys of one tier in a bucket, and parses keys. Keys sort by hour.</summary>
/// <param name="target">The bucket.</param>
/// <param name="folder">The folder of this run's files.</param>
/// <param name="tier">events, rollup, owners or loss.</param>
internal sealed class ObjectListing(UploadTarget target, string folder, string tier)
{
    private const int LongestName = 255;
    private readonly bool _byHour = tier != CapturePaths.Loss;

    /// <summary>Returns what to list: the prefix of the keys, the key after which to start, and the last key; the latter two may be empty.</summary>
    public (string Prefix, string After, string Until) Range(ScanBounds bounds)
    {
        var prefix = $"{tier}/";
        if (bounds.From.Date == bounds.To.Date)
        {
            prefix += $"{Date(bounds.From)}/";
            if (_byHour && bounds.From.Hour == bounds.To.Hour)
            {
                prefix += $"{Hour(bounds.From)}/";
            }
        }

        var after = bounds.From == DateTime.MinValue ? "" : target.KeyOf($"{tier}/{Folder(bounds.From)}");
        var until = bounds.To == DateTime.MaxValue ? "" : target.KeyOf($"{tier}/{Folder(bounds.To)}0"); // '0' follows '/' in ASCII
        return (target.KeyOf(prefix), after, until);
    }

    /// <summary>Parses a key; null if it is not a file of the tier.</summary>
    public BucketObject? TryParse(string key, long bytes, string entityTag)
    {
        var path = key[target.KeyOf("").Length..];
        var parts = path.Split('/');
        if (parts.Length != (_byHour ? 4 : 3) || parts[0] != tier || !Tier.TryParseDate(parts[1], out var start) || !IsName(parts[^1]))
        {
            return null;
        }

        if (_byHour)
        {
            if (!Tier.TryParseHour(parts[2], out var hour))
            {
                return null;
            }

            start = start.AddHours(hour);
        }

        return new BucketObject(key, path, bytes, entityTag, new HourFile(Path.Combine(folder, path), string.Join('/', parts[1..^1]), start));
    }

    /// <summary>Whether a name is safe: not hidden, and not a path that leads elsewhere.</summary>
    private static bool IsName(string name) =>
        CapturePaths.IsSealed(name) && name[0] != '.' && name.Length <= LongestName && !name.Any(char.IsControl);

    private static string Date(DateTime time) => time.ToString("'date='yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Hour(DateTime time) => time.ToString("'hour='HH", CultureInfo.InvariantCulture);

    private string Folder(DateTime time) => _byHour ? $"{Date(time)}/{Hour(time)}" : Date(time);
}

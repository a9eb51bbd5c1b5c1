using System.Globalization;
using NetMon.Query.Files;
using NetMon.Query.Planning;
using NetMon.Storage;
using NetMon.Storage.Uploads;

namespace NetMon.Query.Buckets;

/// <summary>Which keys of a bucket have files of one tier within bounds, and what a key says. Keys come in the order of their hours.</summary>
/// <param name="target">The bucket.</param>
/// <param name="folder">Where the files of this run are.</param>
/// <param name="tier">events, rollup, owners or loss.</param>
internal sealed class ObjectListing(UploadTarget target, string folder, string tier)
{
    private const int LongestName = 255;
    private readonly bool _byHour = tier != CapturePaths.Loss;

    /// <summary>What to list: the prefix of the keys, the key that they are behind, and the one that they are not behind; the last two may be empty.</summary>
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
        var until = bounds.To == DateTime.MaxValue ? "" : target.KeyOf($"{tier}/{Folder(bounds.To)}0"); // '0' is what follows '/'
        return (target.KeyOf(prefix), after, until);
    }

    /// <summary>Reads a key; null where it is no file of the tier.</summary>
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

    /// <summary>Nothing that leads elsewhere or that is not seen.</summary>
    private static bool IsName(string name) =>
        CapturePaths.IsSealed(name) && name[0] != '.' && name.Length <= LongestName && !name.Any(char.IsControl);

    private static string Date(DateTime time) => time.ToString("'date='yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Hour(DateTime time) => time.ToString("'hour='HH", CultureInfo.InvariantCulture);

    private string Folder(DateTime time) => _byHour ? $"{Date(time)}/{Hour(time)}" : Date(time);
}

using NetMon.Native;
using NetMon.Parquet.Reading;
using NetMon.Query.Files;
using NetMon.Query.Planning;
using NetMon.Storage;

namespace NetMon.Query.Buckets;

/// <summary>
/// A capture in a bucket. Downloads what a question needs into this run's folder, with the layout of a capture directory: roll-ups, losses
/// and owners; events only of the hours that no roll-up answers; and of files that are only counted, the last bytes, which contain the
/// number of rows. Not thread-safe.
/// </summary>
internal sealed class BucketCapture : IDisposable
{
    /// <summary>The number of bytes at the end of a file that contain its footer, if it has up to 60 row groups.</summary>
    private const long FooterBytes = 256 << 10;

    private const int MostNamed = 20;
    private readonly BucketSettings _settings;
    private readonly ObjectCache _cache;
    private readonly BucketReader _bucket;
    private readonly FetchProgress _progress;
    private readonly Dictionary<string, BucketObject> _brought = new(StringComparer.Ordinal);
    private readonly HashSet<string> _again = new(StringComparer.Ordinal);
    private readonly List<LeftOut> _leftOut = [];

    private BucketCapture(BucketSettings settings, ObjectCache cache, BucketReader bucket)
    {
        (_settings, _cache, _bucket) = (settings, cache, bucket);
        _progress = new FetchProgress(FetchProgress.Terminal, settings.Target.ToString());
    }

    /// <summary>The folder of this run.</summary>
    public string Folder => _cache.Folder;

    /// <summary>What could not be downloaded by the last call.</summary>
    public IReadOnlyList<LeftOut> LeftOut => _leftOut;

    /// <summary>Opens a capture.</summary>
    /// <exception cref="QueryException">The bucket can't be read, or contains no capture.</exception>
    public static BucketCapture Open(BucketSettings settings)
    {
        // The reader first: where buckets can't be read, that is the error to report, not a cache that can't be made.
        var bucket = BucketReader.Start(settings.Target);
        ObjectCache? cache = null;
        try
        {
            cache = ObjectCache.Open(settings);
            string[] tiers = [CapturePaths.Events, CapturePaths.Rollup];
            if (!bucket.Folders(settings.Target.KeyOf("")).Any(tiers.Contains))
            {
                throw new QueryException($"{settings.Target} has no events/ and no rollup/ folder: use the s3://BUCKET/PREFIX given to netmon run --archive");
            }

            Array.ForEach(tiers, tier => Directory.CreateDirectory(Path.Combine(cache.Folder, tier)));
            return new BucketCapture(settings, cache, bucket);
        }
        catch
        {
            bucket.Dispose();
            cache?.Dispose();
            throw;
        }
    }

    /// <summary>Replaces paths in this run's folder by the objects in the bucket, for messages.</summary>
    public string NameOf(string text) => text.Replace(Folder, _settings.Target.ToString(), StringComparison.Ordinal);

    /// <summary>Whether a file came from the bucket and has been downloaded only once.</summary>
    public bool MayBringAgain(string path) => _brought.ContainsKey(path) && !_again.Contains(path);

    /// <summary>Returns the start of the last hour with a file; null if there is none.</summary>
    /// <exception cref="QueryException">The bucket can't be read.</exception>
    public DateTime? LastHour() => new[] { LastHour(CapturePaths.Events), LastHour(CapturePaths.Rollup) }.Max();

    /// <summary>Downloads what a question needs.</summary>
    /// <param name="scope">What the question reads.</param>
    /// <param name="damaged">Files that turned out to be corrupt. Those that were not downloaded again yet are, and are removed from it.</param>
    /// <exception cref="QueryException">The bucket can't be read, or the files exceed the limit of the cache.</exception>
    /// <exception cref="IOException">The cache can't be written.</exception>
    public void Bring(QuestionScope scope, Dictionary<string, string> damaged)
    {
        _leftOut.Clear();
        foreach (var path in damaged.Keys.Where(path => _brought.ContainsKey(path) && _again.Add(path)).ToList())
        {
            _cache.Drop(_cache.NameOf(_brought[path], 0));
            damaged.Remove(path);
        }

        var rollups = List(CapturePaths.Rollup, ScanBounds.Together(scope.BoundsOf(Relation.Rollups), scope.BoundsOf(Relation.Unrolled)));
        var events = List(CapturePaths.Events, ScanBounds.Together(scope.BoundsOf(Relation.Events), scope.BoundsOf(Relation.Unrolled), scope.BoundsOf(Relation.Kept)));
        var losses = List(CapturePaths.Loss, scope.BoundsOf(Relation.Loss));
        var owners = List(CapturePaths.Owners, scope.OwnerBounds);
        Fetch([.. rollups, .. losses, .. owners]);

        var sums = new RollupChoice(new HashSet<string>(), new HashSet<string>());
        sums.AddSealed(new FileChecks(damaged, scope.Uses).Rollups(rollups.Select(found => found.File).Where(file => scope.SumHours.Has(file.Start) && File.Exists(file.Path))));
        var isRead = events.ToLookup(found => scope.Needs(Relation.Events, found.File) || (scope.Needs(Relation.Unrolled, found.File) && !sums.Covers(found.File)));
        var counted = isRead[false].Where(found => scope.Needs(Relation.Kept, found.File)).ToList();
        var isSmall = counted.ToLookup(found => found.Bytes <= 2 * FooterBytes);
        Fetch([.. isRead[true], .. isSmall[true]]);
        FetchFooters([.. isSmall[false]]);
    }

    public void Dispose()
    {
        _progress.Clear();
        _bucket.Dispose();
        _cache.Dispose();
    }

    private DateTime? LastHour(string tier)
    {
        var top = _settings.Target.KeyOf($"{tier}/");
        foreach (var date in _bucket.Folders(top).OrderDescending(StringComparer.Ordinal))
        {
            foreach (var hour in Tier.TryParseDate(date, out var day) ? _bucket.Folders($"{top}{date}/").OrderDescending(StringComparer.Ordinal) : (IEnumerable<string>)[])
            {
                if (Tier.TryParseHour(hour, out var number))
                {
                    return day.AddHours(number);
                }
            }
        }

        return null;
    }

    private List<BucketObject> List(string tier, ScanBounds? bounds)
    {
        List<BucketObject> files = [];
        if (bounds is null)
        {
            return files;
        }

        var listing = new ObjectListing(_settings.Target, Folder, tier);
        var (prefix, after, until) = listing.Range(bounds);
        foreach (var (key, bytes, entityTag) in _bucket.List(prefix, after, until))
        {
            var file = listing.TryParse(key, bytes, entityTag);
            if (file is not null && bounds.Has(file.File, tier != CapturePaths.Loss))
            {
                files.Add(file);
                _brought[file.File.Path] = file;
                _progress.Listed(files.Count);
            }
            else if (file is null && CapturePaths.IsSealed(key) && _leftOut.Count < MostNamed)
            {
                _leftOut.Add(new LeftOut($"s3://{_settings.Target.Bucket}/{key}", "it is not in the folder of a date and an hour (date=2026-11-22/hour=19)"));
            }
        }

        _progress.Clear();
        return files;
    }

    /// <summary>Downloads complete files.</summary>
    private void Fetch(List<BucketObject> files) => Fetch(files, _ => 0, found => found.File.Path);

    /// <summary>Downloads the ends of files that are only counted, into sparse files of the full size; the complete file if the end does not suffice.</summary>
    private void FetchFooters(List<BucketObject> files)
    {
        Fetch(files, found => found.Bytes - FooterBytes, TailOf);
        var longer = files.Where(found => File.Exists(TailOf(found)) && FooterFile.BytesNeeded(TailOf(found)) > FooterBytes).ToDictionary(found => found, found => FooterFile.BytesNeeded(TailOf(found)));
        Fetch([.. longer.Keys.Where(found => longer[found] < found.Bytes)], found => found.Bytes - longer[found], TailOf);
        var there = files.Where(found => File.Exists(TailOf(found))).ToList();
        there.ForEach(found => FooterFile.Write(TailOf(found), found.Bytes, found.File.Path));
        Fetch([.. there.Where(found => !SaysEnough(found))]);

        static string TailOf(BucketObject found) => found.File.Path + ".tail";
    }

    private static bool SaysEnough(BucketObject found)
    {
        try
        {
            using var file = ParquetFile.Open(RegularFile.Open(found.File.Path));
            return file.Metadata.ContainsKey("netmon.node") && file.Metadata.ContainsKey("netmon.last_timestamp");
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Fetch(List<BucketObject> files, Func<BucketObject, long> from, Func<BucketObject, string> pathOf)
    {
        var missing = files.Where(found => !_cache.TryUse(_cache.NameOf(found, from(found)), pathOf(found))).ToDictionary(
            found => found.Key, found => (found, from(found), _cache.NewFile()), StringComparer.Ordinal);
        var (bytes, done, came) = (missing.Values.Sum(wanted => wanted.found.Bytes - wanted.Item2), 0, 0L);
        if (missing.Count == 0)
        {
            return;
        }

        _cache.Reserve(bytes);
        _bucket.Get(missing, Got, Lost, more => Show(0, more));
        _progress.Clear();

        void Got(string key)
        {
            var (found, first, file) = missing[key];
            _cache.Keep(_cache.NameOf(found, first), file, pathOf(found));
            Show(1, 0);
        }

        void Lost(string key, string why)
        {
            var found = missing[key].found;
            File.Delete(missing[key].Item3);
            File.Delete(found.File.Path);
            _leftOut.Add(new LeftOut($"{_settings.Target}/{found.Path}", why));
            Show(1, 0);
        }

        void Show(int files, long more) => _progress.Fetched(done += files, missing.Count, came += more, bytes);
    }
}

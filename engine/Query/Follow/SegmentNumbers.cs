using System.Globalization;
using NetMon.Storage;

namespace NetMon.Query.Follow;

/// <summary>
/// Counts segments that were created and removed between two listings. An agent numbers the segments of its run without gaps, so a skipped
/// number that is missing in the next listing as well belongs to such a segment. For a new run, counting starts with its first listed
/// segments. Not thread-safe.
/// </summary>
internal sealed class SegmentNumbers
{
    /// <summary>A larger gap is not an agent's.</summary>
    private const long LargestGap = 1000;

    private readonly Dictionary<string, long> _last = new(StringComparer.Ordinal);
    private readonly HashSet<(string Run, long Number)> _absent = [];

    /// <summary>Whether a skipped number awaits the next listing.</summary>
    public bool IsUndecided => _absent.Count > 0;

    /// <summary>Takes a listing of all segments and returns how many more are known to be missed.</summary>
    /// <param name="paths">Names or paths.</param>
    public int Take(IEnumerable<string> paths)
    {
        List<(string Run, long Number)> listed = [.. paths.Select(Parse).OfType<(string, long)>()];
        _absent.ExceptWith(listed);
        var missed = _absent.Count;
        _absent.Clear();
        foreach (var run in listed.GroupBy(segment => segment.Run, segment => segment.Number, StringComparer.Ordinal))
        {
            var numbers = run.ToHashSet();
            var newest = numbers.Max();
            if (_last.TryGetValue(run.Key, out var last) && newest > last && newest - last <= LargestGap)
            {
                for (var number = last + 1; number < newest; number++)
                {
                    if (!numbers.Contains(number))
                    {
                        _absent.Add((run.Key, number));
                    }
                }
            }

            _last[run.Key] = Math.Max(newest, last);
        }

        return missed;
    }

    /// <summary>The parts of NODE.RUN-NUMBER.arrows; null for another name.</summary>
    private static (string Run, long Number)? Parse(string path)
    {
        var name = CapturePaths.NameOf(path)[..^CapturePaths.SegmentExtension.Length];
        var dash = name.LastIndexOf('-');
        return dash > 0 && long.TryParse(name.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (name[..dash], number) : null;
    }
}

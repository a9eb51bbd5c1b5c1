using NetMon.Events;

namespace NetMon.Pipeline.Order;

/// <summary>
/// Sorts a few ascending runs by time: a natural merge sort over indices. Stable; makes one pass over records that are already sorted;
/// does not allocate once its arrays are large enough.
/// </summary>
internal static class RunMerge
{
    /// <summary>Stores the indices of the records in <paramref name="sorted"/>, oldest first; both arrays grow as needed.</summary>
    public static void Sort(ReadOnlySpan<ConnectionRecord> records, ref int[] sorted, ref int[] spare)
    {
        if (sorted.Length < records.Length)
        {
            sorted = new int[Math.Max(records.Length, 2 * sorted.Length)];
            spare = new int[sorted.Length];
        }

        for (var i = 0; i < records.Length; i++)
        {
            sorted[i] = i;
        }

        while (MergePass(records, sorted.AsSpan(0, records.Length), spare))
        {
            (sorted, spare) = (spare, sorted);
        }
    }

    /// <summary>Merges pairs of neighbouring runs into <paramref name="to"/>; false if there was only one run.</summary>
    private static bool MergePass(ReadOnlySpan<ConnectionRecord> records, ReadOnlySpan<int> from, Span<int> to)
    {
        var start = 0;
        while (start < from.Length)
        {
            var middle = EndOfRun(records, from, start);
            if (start == 0 && middle == from.Length)
            {
                return false;
            }

            var end = EndOfRun(records, from, middle);
            Merge(records, from[start..middle], from[middle..end], to[start..end]);
            start = end;
        }

        return from.Length > 0;
    }

    private static int EndOfRun(ReadOnlySpan<ConnectionRecord> records, ReadOnlySpan<int> indices, int start)
    {
        var end = Math.Min(start + 1, indices.Length);
        while (end < indices.Length && records[indices[end]].KtimeNanoseconds >= records[indices[end - 1]].KtimeNanoseconds)
        {
            end++;
        }

        return end;
    }

    private static void Merge(ReadOnlySpan<ConnectionRecord> records, ReadOnlySpan<int> left, ReadOnlySpan<int> right, Span<int> to)
    {
        var (l, r) = (0, 0);
        for (var i = 0; i < to.Length; i++)
        {
            var takeLeft = r == right.Length
                || (l < left.Length && records[left[l]].KtimeNanoseconds <= records[right[r]].KtimeNanoseconds);
            to[i] = takeLeft ? left[l++] : right[r++];
        }
    }
}

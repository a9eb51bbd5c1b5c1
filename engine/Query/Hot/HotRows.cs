using System.Collections;
using System.Collections.Generic;

namespace NetMon.Query.Hot;

/// <summary>
/// All rows of the segments, one after the other, without holding more than a batch: each step moves the one cursor that
/// it yields. Each enumeration reads anew.
/// </summary>
internal sealed class HotRows(IReadOnlyList<HotFileView> segments) : IEnumerable<HotCursor>
{
    public IEnumerator<HotCursor> GetEnumerator()
    {
        var cursor = new HotCursor();
        foreach (var segment in segments)
        {
            using var reader = segment.Read();
            while (reader.TryRead() && reader.Position <= segment.Length)
            {
                cursor.Begin(reader.Node, reader.Batch);
                for (var row = 0; row < reader.Batch.Rows; row++)
                {
                    cursor.Row = row;
                    yield return cursor;
                }
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

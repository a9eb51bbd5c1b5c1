using System.Collections;
using System.Collections.Generic;

namespace NetMon.Query.Hot;

/// <summary>
/// Enumerates all rows of the segments with at most one batch in memory: each step moves the same cursor. Each enumeration reads the
/// files again.
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

namespace NetMon.Storage.Hot;

/// <summary>The metadata of a batch or dictionary of known sizes. There is one way to lay a batch out, so it says all about the body. Immutable.</summary>
/// <param name="format">The version of the segment.</param>
internal sealed class HotMetadata(HotFormat format)
{
    /// <summary>Writes prefix and metadata of a batch.</summary>
    public void RenderBatch(Span<byte> message, int rows, int nulls)
    {
        var template = format.Messages.Batch;
        template.CopyTo(message);
        template.SetRows(message, rows);
        template.SetBodyLength(message, format.Layout.BodyLength(rows));
        for (var column = 0; column < format.Columns.Count; column++)
        {
            var isContainer = column == format.Columns.Container;
            var values = format.Layout.Column(column, rows);
            template.SetNode(message, column, rows, isContainer ? nulls : 0);
            template.SetBuffer(message, 2 * column, isContainer ? format.Layout.Validity(rows) : values, isContainer ? (rows + 7) / 8 : 0);
            template.SetBuffer(message, 2 * column + 1, values, format.Columns.Widths[column] * rows);
        }
    }

    /// <summary>Writes prefix and metadata of a dictionary whose texts have so many bytes, by field.</summary>
    public void RenderDictionary(Span<byte> message, int entries, ReadOnlySpan<int> textBytes)
    {
        var template = format.Messages.Dictionary;
        template.CopyTo(message);
        template.SetRows(message, entries);
        template.SetBodyLength(message, DictionaryBodyLength(entries, textBytes));
        template.SetNode(message, 0, entries, 0);
        template.SetBuffer(message, 0, 0, 0);
        var at = 0;
        for (var text = 0; text < format.Columns.ContainerTexts.Count; text++)
        {
            template.SetNode(message, 1 + text, entries, 0);
            template.SetBuffer(message, 1 + 3 * text, at, 0);
            template.SetBuffer(message, 2 + 3 * text, at, 4 * (entries + 1));
            at += HotLayout.Align(4 * (entries + 1));
            template.SetBuffer(message, 3 + 3 * text, at, textBytes[text]);
            at += HotLayout.Align(textBytes[text]);
        }
    }

    /// <summary>Bytes of a dictionary's body.</summary>
    public int DictionaryBodyLength(int entries, ReadOnlySpan<int> textBytes)
    {
        var length = HotLayout.TrailerBytes + format.Columns.ContainerTexts.Count * HotLayout.Align(4 * (entries + 1));
        foreach (var bytes in textBytes)
        {
            length += HotLayout.Align(bytes);
        }

        return length;
    }
}

namespace NetMon.Storage.Hot;

/// <summary>The metadata of a batch or dictionary of known sizes. The layout is fixed, so that the metadata determines the whole body. Immutable.</summary>
/// <param name="format">The version of the segment.</param>
internal sealed class HotMetadata(HotFormat format)
{
    /// <summary>Writes prefix and metadata of a batch.</summary>
    /// <param name="message">Receives them.</param>
    /// <param name="rows">Rows of the batch.</param>
    /// <param name="nulls">Rows without an entry, by dictionary.</param>
    public void RenderBatch(Span<byte> message, int rows, ReadOnlySpan<int> nulls)
    {
        var template = format.Messages.Batch;
        template.CopyTo(message);
        template.SetRows(message, rows);
        template.SetBodyLength(message, format.Layout.BodyLength(rows));
        for (var column = 0; column < format.Columns.Count; column++)
        {
            var dictionary = column - format.Columns.Fields.Count;
            var values = format.Layout.Column(column, rows);
            template.SetNode(message, column, rows, dictionary < 0 ? 0 : nulls[dictionary]);
            template.SetBuffer(message, 2 * column, dictionary < 0 ? values : format.Layout.Validity(dictionary, rows), dictionary < 0 ? 0 : (rows + 7) / 8);
            template.SetBuffer(message, 2 * column + 1, values, format.Columns.Widths[column] * rows);
        }
    }

    /// <summary>Writes prefix and metadata of a dictionary.</summary>
    /// <param name="template">Its template.</param>
    /// <param name="message">Receives them.</param>
    /// <param name="entries">The number of entries.</param>
    /// <param name="textBytes">The size of the texts in bytes, by field.</param>
    public static void RenderDictionary(MessageTemplate template, Span<byte> message, int entries, ReadOnlySpan<int> textBytes)
    {
        template.CopyTo(message);
        template.SetRows(message, entries);
        template.SetBodyLength(message, DictionaryBodyLength(entries, textBytes));
        template.SetNode(message, 0, entries, 0);
        template.SetBuffer(message, 0, 0, 0);
        var at = 0;
        for (var text = 0; text < textBytes.Length; text++)
        {
            template.SetNode(message, 1 + text, entries, 0);
            template.SetBuffer(message, 1 + 3 * text, at, 0);
            template.SetBuffer(message, 2 + 3 * text, at, 4 * (entries + 1));
            at += HotLayout.Align(4 * (entries + 1));
            template.SetBuffer(message, 3 + 3 * text, at, textBytes[text]);
            at += HotLayout.Align(textBytes[text]);
        }
    }

    /// <summary>Returns the size of a dictionary's body, in bytes.</summary>
    public static int DictionaryBodyLength(int entries, ReadOnlySpan<int> textBytes)
    {
        var length = HotLayout.TrailerBytes + textBytes.Length * HotLayout.Align(4 * (entries + 1));
        foreach (var bytes in textBytes)
        {
            length += HotLayout.Align(bytes);
        }

        return length;
    }
}

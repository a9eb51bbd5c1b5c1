namespace NetMon.Storage.Hot;

/// <summary>The metadata of a batch or dictionary of known sizes. There is one way to lay a batch out, so it says all about the body.</summary>
internal static class HotMetadata
{
    /// <summary>Writes prefix and metadata of a batch.</summary>
    public static void RenderBatch(Span<byte> message, int rows, int nulls)
    {
        var template = HotMessages.Batch;
        template.CopyTo(message);
        template.SetRows(message, rows);
        template.SetBodyLength(message, HotLayout.BodyLength(rows));
        for (var column = 0; column < HotColumns.Count; column++)
        {
            var isContainer = column == HotColumns.Container;
            var values = HotLayout.Column(column, rows);
            template.SetNode(message, column, rows, isContainer ? nulls : 0);
            template.SetBuffer(message, 2 * column, isContainer ? HotLayout.Validity(rows) : values, isContainer ? (rows + 7) / 8 : 0);
            template.SetBuffer(message, 2 * column + 1, values, HotColumns.Widths[column] * rows);
        }
    }

    /// <summary>Writes prefix and metadata of a dictionary whose texts have so many bytes, by field.</summary>
    public static void RenderDictionary(Span<byte> message, int entries, ReadOnlySpan<int> textBytes)
    {
        var template = HotMessages.Dictionary;
        template.CopyTo(message);
        template.SetRows(message, entries);
        template.SetBodyLength(message, DictionaryBodyLength(entries, textBytes));
        template.SetNode(message, 0, entries, 0);
        template.SetBuffer(message, 0, 0, 0);
        var at = 0;
        for (var text = 0; text < HotColumns.ContainerTexts; text++)
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
    public static int DictionaryBodyLength(int entries, ReadOnlySpan<int> textBytes)
    {
        var length = HotLayout.TrailerBytes + HotColumns.ContainerTexts * HotLayout.Align(4 * (entries + 1));
        foreach (var bytes in textBytes)
        {
            length += HotLayout.Align(bytes);
        }

        return length;
    }
}

namespace NetMon.Storage.Hot;

/// <summary>Where things are in the body of a batch of so many rows: a column after the other, each on 8 bytes, then a trailer. Immutable.</summary>
/// <param name="columns">Of the version.</param>
internal sealed class HotLayout(HotColumns columns)
{
    /// <summary>
    /// The last bytes of each body: a magic and the CRC-32C of everything of the message before the CRC. No buffer of the
    /// metadata points there, so that readers of Arrow pass over it.
    /// </summary>
    public const int TrailerBytes = 8;

    /// <summary>"NMHS".</summary>
    public const uint TrailerMagic = 0x53484d4e;

    private readonly int[] _widthsBefore = SumWidths(columns);

    /// <summary>Bytes of the body of a batch.</summary>
    public int BodyLength(int rows) => Validity(columns.Dictionaries.Count, rows) + TrailerBytes;

    /// <summary>Where the validity bits of the column that refers to a dictionary begin; they come before its values.</summary>
    public int Validity(int dictionary, int rows) => Column(columns.Fields.Count, rows) - ValidityBytes(rows) + dictionary * (ValidityBytes(rows) + Align(sizeof(short) * rows));

    /// <summary>Where a column's values begin.</summary>
    public int Column(int column, int rows)
    {
        var fields = Math.Min(column, columns.Fields.Count);
        var at = 0;
        if (rows % 8 == 0)
        {
            at = _widthsBefore[fields] * rows;
        }
        else
        {
            // All widths but those of whole words leave up to 7 bytes after the column.
            for (var before = 0; before < fields; before++)
            {
                at += Align(columns.Widths[before] * rows);
            }
        }

        var dictionary = column - columns.Fields.Count;
        return dictionary < 0 ? at : at + ValidityBytes(rows) + dictionary * (ValidityBytes(rows) + Align(sizeof(short) * rows));
    }

    /// <summary>The next multiple of 8.</summary>
    public static int Align(int bytes) => (bytes + 7) & ~7;

    private static int ValidityBytes(int rows) => Align((rows + 7) / 8);

    private static int[] SumWidths(HotColumns columns)
    {
        var sums = new int[columns.Count];
        for (var column = 1; column < sums.Length; column++)
        {
            sums[column] = sums[column - 1] + columns.Widths[column - 1];
        }

        return sums;
    }
}

namespace NetMon.Storage.Hot;

/// <summary>The layout of a batch's body: the columns in order, each aligned to 8 bytes, followed by a trailer. Immutable.</summary>
/// <param name="columns">The columns of the version.</param>
internal sealed class HotLayout(HotColumns columns)
{
    /// <summary>
    /// The size of the trailer at the end of each body: a magic number, and the CRC-32C of the message up to the CRC. No buffer of the
    /// metadata refers to it, so that Arrow readers ignore it.
    /// </summary>
    public const int TrailerBytes = 8;

    /// <summary>"NMHS".</summary>
    public const uint TrailerMagic = 0x53484d4e;

    private readonly int[] _widthsBefore = SumWidths(columns);

    /// <summary>Returns the size of a batch's body, in bytes.</summary>
    public int BodyLength(int rows) => Validity(columns.Dictionaries.Count, rows) + TrailerBytes;

    /// <summary>Returns the offset of the validity bits of the column that refers to a dictionary; they precede its values.</summary>
    public int Validity(int dictionary, int rows) => Column(columns.Fields.Count, rows) - ValidityBytes(rows) + dictionary * (ValidityBytes(rows) + Align(sizeof(short) * rows));

    /// <summary>Returns the offset of a column's values.</summary>
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
            // Columns of narrower values are followed by up to 7 bytes of padding.
            for (var before = 0; before < fields; before++)
            {
                at += Align(columns.Widths[before] * rows);
            }
        }

        var dictionary = column - columns.Fields.Count;
        return dictionary < 0 ? at : at + ValidityBytes(rows) + dictionary * (ValidityBytes(rows) + Align(sizeof(short) * rows));
    }

    /// <summary>Rounds up to a multiple of 8.</summary>
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

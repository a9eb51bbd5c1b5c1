using System.Globalization;
using System.Text;
using NetMon.Foundation;
using NetMon.Parquet.Reading;
using NetMon.Storage;
using NetMon.Storage.Hot;
using NetMon.Storage.Loss;
using NetMon.Storage.Rollups;

namespace NetMon.Fuzz.Targets;

/// <summary>Files of a capture directory.</summary>
internal static class StorageTargets
{
    private static readonly ScratchFile File = new();

    /// <summary>A hot segment, batch by batch: unchanged, and with valid checksums.</summary>
    public static void Segment(ReadOnlyMemory<byte> input) => Each(input.Span, Forgery.Segment(input.Span), ReadSegment);

    private static void ReadSegment(ReadOnlySpan<byte> input)
    {
        try
        {
            using var reader = HotSegmentReader.Open(File.Open(input));
            for (long batches = 0, at = -1; reader.TryRead(); at = reader.Position)
            {
                if (reader.Position <= at || ++batches > input.Length)
                {
                    throw new FuzzFinding("the reader does not get on");
                }
            }

            _ = (reader.IsAtEnd, reader.TornRows, reader.IsOtherVersion, reader.Node);
        }
        catch (IOException)
        {
            // Refused.
        }
    }

    /// <summary>The footer of a Parquet file, with a valid checksum.</summary>
    public static void Footer(ReadOnlyMemory<byte> input)
    {
        try
        {
            FooterReader.Read(input, 1 << 20);
        }
        catch (DamagedFileException)
        {
            // Refused.
        }
    }

    /// <summary>A whole Parquet file: its footer, its checksums and each column of each row group; unchanged, and with a valid footer checksum.</summary>
    public static void ParquetPages(ReadOnlyMemory<byte> input) => Each(input.Span, Forgery.Footer(input.Span), ReadParquet);

    private static void ReadParquet(ReadOnlySpan<byte> input)
    {
        try
        {
            using var file = ParquetFile.Open(File.Open(input));
            using var reader = new ColumnReader();
            for (var group = 0; group < file.RowGroups.Count; group++)
            {
                for (var column = 0; column < file.Columns.Count; column++)
                {
                    Try(() => reader.Read(file, group, column));
                }

                Try(() => file.Verify(group));
            }

            file.VerifyHeaders(static _ => true);
        }
        catch (DamagedFileException)
        {
            // Refused.
        }
    }

    /// <summary>A roll-up, row by row: unchanged, and with a valid footer checksum.</summary>
    public static void Rollup(ReadOnlyMemory<byte> input) => Each(input.Span, Forgery.Footer(input.Span), ReadRollup);

    private static void ReadRollup(ReadOnlySpan<byte> input)
    {
        try
        {
            using var reader = new ColumnReader();
            using var rows = new RollupCursor(ParquetFile.Open(File.Open(input)), reader, RollupCursor.NewColumns());
            while (rows.TryNext())
            {
                _ = rows.Key.CompareTo(rows.Key) + rows.Names.PodName.Length + rows.Sums.Attempts + rows.Latency.Length;
            }
        }
        catch (DamagedFileException)
        {
            // Refused.
        }
    }

    /// <summary>Lines of a loss journal: unchanged, and with a valid checksum.</summary>
    public static void Loss(ReadOnlyMemory<byte> input)
    {
        var text = Text.Of(input);
        LossFile.Parse(text, out _);
        var forged = new StringBuilder();
        foreach (var line in text.Split('\n'))
        {
            forged.Append(CultureInfo.InvariantCulture, $"{line}\t{Crc32C.Of(Encoding.UTF8.GetBytes(line)):x8}\n");
        }

        foreach (var row in LossFile.Parse(forged.ToString(), out _))
        {
            if (!LossLine.TryParse(LossLine.Of(in row).TrimEnd('\n'), out var again) || again != row)
            {
                throw new FuzzFinding("a row of losses does not survive being written");
            }
        }
    }

    /// <summary>The name of a file: its node and its hour.</summary>
    public static void NodeName(ReadOnlyMemory<byte> input)
    {
        var name = Text.Of(input);
        if (NodeFileName.TryDecode(name) is { } node && NodeFileName.Of(node) != name)
        {
            throw new FuzzFinding("a node's name does not survive being written");
        }

        _ = Hour.TryParsePartition(name, out _);
        CapturePaths.NodeNameOf(name, CapturePaths.SegmentExtension);
        CapturePaths.IsPiece(name);
        LossText.NodeOf(name);
    }

    private static void Each(ReadOnlySpan<byte> input, ReadOnlySpan<byte> forged, Action<ReadOnlySpan<byte>> read)
    {
        read(input);
        if (!forged.SequenceEqual(input))
        {
            read(forged);
        }
    }

    private static void Try(Action read)
    {
        try
        {
            read();
        }
        catch (DamagedFileException)
        {
            // This column alone.
        }
    }
}

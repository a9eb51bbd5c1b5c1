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

    /// <summary>A hot segment, batch by batch.</summary>
    public static void Segment(byte[] input)
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
    public static void Footer(byte[] input)
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

    /// <summary>A whole Parquet file: its footer, its checksums and each column of each row group.</summary>
    public static void ParquetPages(byte[] input)
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
        }
        catch (DamagedFileException)
        {
            // Refused.
        }
    }

    /// <summary>A roll-up, row by row.</summary>
    public static void Rollup(byte[] input)
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
    public static void Loss(byte[] input)
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
    public static void NodeName(byte[] input)
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

using System.Text;
using NetMon.Foundation;
using NetMon.Parquet;
using NetMon.Parquet.Reading;
using NetMon.Storage.Hot;

namespace NetMon.Fuzz.Targets;

/// <summary>
/// Copies of mutated files with valid checksums. Without them the checksum refuses nearly every mutation, and the code after it is never
/// fuzzed. Single-threaded.
/// </summary>
internal static class Forgery
{
    private const int FooterTrailerBytes = 2 * sizeof(int);
    private static byte[] _file = [];

    /// <summary>A hot segment with a valid checksum for each message; valid until the next call.</summary>
    public static ReadOnlySpan<byte> Segment(ReadOnlySpan<byte> segment)
    {
        var forged = Copy(segment);
        var at = HotMessages.MessageLength(forged[..Math.Min(forged.Length, HotLimits.SchemaBytes)]);
        if (at < 0 || HotSchema.Recognise(forged[..at], out _, out _) is not { } format)
        {
            return forged;
        }

        while (HotMessages.MessageLength(forged[at..]) is var metadata and > 0)
        {
            var message = forged[at..];
            MessageTemplate[] templates = [format.Messages.Batch, .. format.Messages.Dictionaries];
            if (templates.FirstOrDefault(template => template.Length == metadata) is not { } template
                || template.BodyLength(message) is var body && (body < HotLayout.TrailerBytes || body > message.Length - metadata))
            {
                break;
            }

            MessageTrailer.Write(message[..(metadata + (int)body)]);
            at += metadata + (int)body;
        }

        return forged;
    }

    /// <summary>A Parquet file with a valid footer checksum, if its footer has one; valid until the next call.</summary>
    public static ReadOnlySpan<byte> Footer(ReadOnlySpan<byte> file)
    {
        var forged = Copy(file);
        if (file.Length < FooterTrailerBytes || BitConverter.ToUInt32(file[^FooterTrailerBytes..]) is var length && length > file.Length - FooterTrailerBytes)
        {
            return forged;
        }

        var footer = forged.Slice(forged.Length - FooterTrailerBytes - (int)length, (int)length);
        try
        {
            if (FooterReader.Read(footer.ToArray(), file.Length - FooterTrailerBytes - length).Checksum is { } at && footer[at].Length == Checksums.Digits)
            {
                footer[at].Fill((byte)'0');
                Encoding.ASCII.GetBytes(Checksums.Text(Crc32C.Of(footer)), footer[at]);
            }
        }
        catch (DamagedFileException)
        {
            // The reader reports the same.
        }

        return forged;
    }

    private static Span<byte> Copy(ReadOnlySpan<byte> file)
    {
        if (_file.Length < file.Length)
        {
            _file = new byte[2 * file.Length];
        }

        file.CopyTo(_file);
        return _file.AsSpan(0, file.Length);
    }
}

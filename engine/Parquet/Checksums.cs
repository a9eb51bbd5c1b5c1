using System.Globalization;

namespace NetMon.Parquet;

/// <summary>
/// The metadata keys of checksums (CRC-32C, eight hexadecimal digits each) for data without a Zstd checksum. Other readers ignore them.
/// </summary>
internal static class Checksums
{
    /// <summary>The footer's checksum, computed with its own digits set to zero.</summary>
    public const string FooterKey = "netmon.footer_crc32c";

    /// <summary>The checksum of each row group's pages including headers, in sequence.</summary>
    public const string PagesKey = "netmon.pages_crc32c";

    /// <summary>The checksum of each row group's Bloom filters including headers, in sequence.</summary>
    public const string FiltersKey = "netmon.filters_crc32c";

    /// <summary>The number of digits of a checksum.</summary>
    public const int Digits = 8;

    public static string Text(uint crc) => crc.ToString("x8", CultureInfo.InvariantCulture);
}

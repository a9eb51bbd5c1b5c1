using System.Globalization;

namespace NetMon.Parquet;

/// <summary>
/// The metadata keys of checksums (CRC-32C, eight hexadecimal digits each) over what Zstd's own do not cover. Readers that don't know them ignore them.
/// </summary>
internal static class Checksums
{
    /// <summary>Of the footer, with the digits of this value as zeros.</summary>
    public const string FooterKey = "netmon.footer_crc32c";

    /// <summary>Of each row group's pages, with their headers, one behind the other.</summary>
    public const string PagesKey = "netmon.pages_crc32c";

    /// <summary>Of each row group's Bloom filters, with their headers, one behind the other.</summary>
    public const string FiltersKey = "netmon.filters_crc32c";

    /// <summary>Digits of a checksum.</summary>
    public const int Digits = 8;

    public static string Text(uint crc) => crc.ToString("x8", CultureInfo.InvariantCulture);
}

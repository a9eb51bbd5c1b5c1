using System.Globalization;
using System.Text;

namespace NetMon.Foundation;

/// <summary>
/// Formats times as RFC 3339 in UTC: 2026-11-22T19:05:06.000000001Z. Times are Unix nanoseconds and may be negative. The overloads that write to
/// a span do not allocate. Thread-safe.
/// </summary>
public static class Rfc3339
{
    /// <summary>The length of date and time up to the whole second: 2026-11-22T19:05:06.</summary>
    public const int SecondBytes = 19;

    /// <summary>The length of the longest text, with nine digits.</summary>
    public const int MaxBytes = SecondBytes + 11;

    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int NanosecondDigits = 9;

    /// <summary>Splits a time into the second, rounded down, and the nanoseconds within it.</summary>
    public static (long Second, uint Nanoseconds) Split(long unixNanoseconds)
    {
        var (second, nanoseconds) = Math.DivRem(unixNanoseconds, NanosecondsPerSecond);
        return nanoseconds < 0 ? (second - 1, (uint)(nanoseconds + NanosecondsPerSecond)) : (second, (uint)nanoseconds);
    }

    /// <summary>Writes a time to a span that is long enough; returns the number of bytes.</summary>
    /// <param name="to">The destination.</param>
    /// <param name="unixNanoseconds">The time.</param>
    /// <param name="digits">The number of fractional digits, 0 to 9; further digits are truncated.</param>
    public static int Write(Span<byte> to, long unixNanoseconds, int digits)
    {
        var (second, nanoseconds) = Split(unixNanoseconds);
        WriteSecond(to, second);
        return SecondBytes + WriteFraction(to[SecondBytes..], nanoseconds, digits);
    }

    /// <summary>Writes the first <see cref="SecondBytes"/> bytes of a time, which depend only on the whole second.</summary>
    public static void WriteSecond(Span<byte> to, long second) =>
        DateTime.UnixEpoch.AddSeconds(second).TryFormat(to, out _, "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Writes the part after the second: the fraction, if any, and Z; returns the number of bytes.</summary>
    public static int WriteFraction(Span<byte> to, uint nanoseconds, int digits)
    {
        if (digits == 0)
        {
            to[0] = (byte)'Z';
            return 1;
        }

        for (var cut = digits; cut < NanosecondDigits; cut++)
        {
            nanoseconds /= 10;
        }

        to[0] = (byte)'.';
        for (var place = digits; place > 0; place--)
        {
            (nanoseconds, var digit) = Math.DivRem(nanoseconds, 10);
            to[place] = (byte)('0' + digit);
        }

        to[digits + 1] = (byte)'Z';
        return digits + 2;
    }

    /// <summary>Formats a time as a string.</summary>
    public static string Format(long unixNanoseconds, int digits)
    {
        Span<byte> text = stackalloc byte[MaxBytes];
        return Encoding.ASCII.GetString(text[..Write(text, unixNanoseconds, digits)]);
    }
}

using System.Globalization;

namespace NetMon.Storage;

/// <summary>An hour of UTC, counted from 1970-01-01T00Z.</summary>
internal readonly record struct Hour(long Index)
{
    private const long NanosecondsPerHour = 3_600_000_000_000;
    private const string Format = "yyyy-MM-dd'T'HH";
    private const string DatePartition = "'date='yyyy-MM-dd";
    private const string Partition = DatePartition + "'/hour='HH";

    /// <summary>Its first nanosecond, as Unix time.</summary>
    public long Start => Index * NanosecondsPerHour;

    /// <summary>The first nanosecond of the next hour, as Unix time.</summary>
    public long End => Start + NanosecondsPerHour;

    private DateTime Time => DateTime.UnixEpoch.AddHours(Index);

    /// <summary>Returns the hour of a time in Unix nanoseconds.</summary>
    public static Hour Of(long unixNanoseconds) =>
        new(unixNanoseconds / NanosecondsPerHour - (unixNanoseconds % NanosecondsPerHour < 0 ? 1 : 0));

    /// <summary>Parses the output of <see cref="ToPartition"/>.</summary>
    public static bool TryParsePartition(string text, out Hour hour)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var isHour = DateTime.TryParseExact(text, Partition, CultureInfo.InvariantCulture, Utc, out var time);
        hour = new Hour((time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerHour);
        return isHour;
    }

    public bool Contains(long unixNanoseconds) => (ulong)(unixNanoseconds - Start) < NanosecondsPerHour;

    /// <summary>Formats as a Hive partition: date=2026-11-22/hour=19.</summary>
    public string ToPartition() => Time.ToString(Partition, CultureInfo.InvariantCulture);

    /// <summary>Formats as date=2026-11-22.</summary>
    public string ToDatePartition() => Time.ToString(DatePartition, CultureInfo.InvariantCulture);

    /// <summary>Formats as 2026-11-22T19.</summary>
    public override string ToString() => Time.ToString(Format, CultureInfo.InvariantCulture);
}

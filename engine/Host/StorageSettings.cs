using System.Globalization;
using NetMon.Foundation;
using NetMon.Foundation.CommandLines;
using NetMon.Host.Commands;
using NetMon.Storage;
using NetMon.Storage.Uploads;

namespace NetMon.Host;

/// <summary>The limits of the capture directory, as given by the options.</summary>
internal sealed record StorageSettings(TimeSpan DurableWithin, TimeSpan? RetainFor, TimeSpan? RetainRollups, long? RetainBytes, FreeDisk KeepFree)
{
    /// <summary>The upload target of sealed files; null for none.</summary>
    public UploadTarget? Archive { get; init; }

    /// <summary>Maximum upload bandwidth, bytes per second.</summary>
    public long ArchiveBandwidth { get; init; }

    /// <summary>Detected by a variable that kubelet sets in each container.</summary>
    private static bool IsInPod => Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is { Length: > 0 };

    /// <summary>Parses the values of the options. Throws <see cref="UsageException"/>.</summary>
    public static StorageSettings Parse(string durableWithin, string retainFor, string retainRollups, string retainBytes, string? keepFree) => new(
        ReadTime("--durable-within", durableWithin) is var durable && durable >= TimeSpan.FromMilliseconds(100) && durable <= TimeSpan.FromHours(1)
            ? durable
            : throw new UsageException($"--durable-within {durableWithin}: expected a time from 100ms to 1h"),
        retainFor == "none" ? null : ReadTime("--retain-for", retainFor),
        retainRollups == "none" ? null : ReadTime("--retain-rollups", retainRollups),
        retainBytes == "none" ? null : ReadBytes("--retain-bytes", retainBytes),
        keepFree is not null ? ReadFree(keepFree) : IsInPod ? FreeDisk.DefaultInPod : FreeDisk.Default);

    /// <summary>Returns a copy with the upload target. Throws <see cref="UsageException"/>.</summary>
    public StorageSettings WithArchive(string? target, string bandwidth, string? capture)
    {
        try
        {
            return this with
            {
                Archive = target is null ? null
                    : capture is not null ? UploadTarget.Parse(target)
                    : throw new UsageException($"--archive {target}: --archive uploads the files of --capture DIR, and --capture is missing"),
                ArchiveBandwidth = ReadBytes("--archive-bandwidth", bandwidth) is var bytes and >= 1024
                    ? bytes
                    : throw new UsageException($"--archive-bandwidth {bandwidth}: expected 1KiB per second or more"),
            };
        }
        catch (FormatException e)
        {
            throw new UsageException($"--archive {e.Message}");
        }
    }

    private static TimeSpan ReadTime(string option, string text) =>
        TimeText.Parse(text) is { } time && time > TimeSpan.Zero ? time : throw new UsageException($"{option} {text}: expected a time such as 500ms, 30s, 5m, 2h or 7d");

    private static FreeDisk ReadFree(string text)
    {
        if (!text.EndsWith('%'))
        {
            return new FreeDisk(ReadBytes("--keep-free", text), null);
        }

        return double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is >= 0 and < 100
            ? new FreeDisk(null, percent)
            : throw new UsageException($"--keep-free {text}: expected a share such as 5% or a size such as 1GiB");
    }

    private static long ReadBytes(string option, string text) =>
        ByteSize.TryParse(text) ?? throw new UsageException($"{option} {text}: expected a size such as 500MiB or 10GiB");
}

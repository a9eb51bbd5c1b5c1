using NetMon.Host;
using NetMon.Storage;
using Xunit;

namespace NetMon.UnitTests.Host;

public sealed class StorageSettingsTests
{
    [Fact]
    public void The_options_defaults_are_those_of_the_storage()
    {
        var settings = StorageSettings.Parse("1s", "7d", "400d", "10GiB", keepFree: null);
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), 10L << 30, FreeDisk.Default), (settings.DurableWithin, settings.RetainFor, settings.RetainBytes, settings.KeepFree));
    }

    [Fact]
    public void None_means_unlimited()
    {
        var settings = StorageSettings.Parse("1s", "none", "none", "none", keepFree: null);
        Assert.Null(settings.RetainFor);
        Assert.Null(settings.RetainBytes);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("1KiB", 1024)]
    [InlineData("1.5MiB", 1536 * 1024)]
    [InlineData("10GiB", 10L << 30)]
    [InlineData("2TiB", 2L << 40)]
    public void Sizes_are_read(string text, long bytes) => Assert.Equal(bytes, StorageSettings.Parse("1s", "1h", "1d", text, keepFree: null).RetainBytes);

    [Theory]
    [InlineData("")]
    [InlineData("KiB")]
    [InlineData("-1")]
    [InlineData("1KB")]
    [InlineData("1kib")]
    [InlineData("1 GiB")]
    [InlineData("1,5GiB")]
    [InlineData("1e9")]
    [InlineData("1.2.3")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999TiB")]
    [InlineData("NaN")]
    [InlineData("١GiB")]
    public void An_invalid_size_is_refused(string text)
    {
        Assert.StartsWith($"--retain-bytes {text}: ", Refusal("1s", "1h", text, null), StringComparison.Ordinal);
        Assert.StartsWith($"--keep-free {text}: ", Refusal("1s", "1h", "1", text), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("100ms", 100)]
    [InlineData("1h", 3_600_000)]
    public void The_limits_of_durable_within_are_inclusive(string text, double milliseconds) =>
        Assert.Equal(milliseconds, StorageSettings.Parse(text, "1h", "1d", "1", null).DurableWithin.TotalMilliseconds);

    [Theory]
    [InlineData("99ms")]
    [InlineData("0")]
    [InlineData("3601s")]
    [InlineData("none")]
    [InlineData("")]
    public void A_value_outside_the_limits_is_refused(string text) => Assert.StartsWith($"--durable-within {text}: ", Refusal(text, "1h", "1", null), StringComparison.Ordinal);

    [Theory]
    [InlineData("0s")]
    [InlineData("None")]
    [InlineData("7days")]
    public void An_invalid_retention_is_refused(string text) => Assert.StartsWith($"--retain-for {text}: ", Refusal("1s", text, "1", null), StringComparison.Ordinal);

    [Theory]
    [InlineData("5%", null, 5.0)]
    [InlineData("0.5%", null, 0.5)]
    [InlineData("0%", null, 0.0)]
    [InlineData("1GiB", 1L << 30, null)]
    [InlineData("0", 0L, null)]
    public void Free_disk_is_a_share_or_a_size(string text, long? bytes, double? percent) => Assert.Equal(new FreeDisk(bytes, percent), StorageSettings.Parse("1s", "1h", "1d", "1", text).KeepFree);

    [Theory]
    [InlineData("%")]
    [InlineData("100%")]
    [InlineData("-1%")]
    [InlineData("5 %")]
    [InlineData("5%%")]
    [InlineData("NaN%")]
    [InlineData("1GiB%")]
    public void An_invalid_share_is_refused(string text) => Assert.StartsWith($"--keep-free {text}: ", Refusal("1s", "1h", "1", text), StringComparison.Ordinal);

    [Fact]
    public void Free_disk_is_the_smaller_of_its_limits()
    {
        Assert.Equal(1L << 30, FreeDisk.Default.Of(1L << 40));
        Assert.Equal((20L << 30) / 20, FreeDisk.Default.Of(20L << 30));
        Assert.Equal(long.MaxValue, new FreeDisk(null, null).Of(1));
    }

    [Fact]
    public void An_archive_is_a_bucket_and_needs_a_capture()
    {
        var settings = StorageSettings.Parse("1s", "1h", "1d", "1", null);
        Assert.Null(settings.WithArchive(null, "8MiB", null).Archive);
        var archive = settings.WithArchive("s3://bucket/a/b/", "1KiB", "/var/lib/netmon");
        Assert.Equal(("s3://bucket/a/b", 1024L), ($"{archive.Archive}", archive.ArchiveBandwidth));
        Assert.Contains("--capture is missing", Assert.Throws<UsageException>(() => settings.WithArchive("s3://bucket", "8MiB", null)).Message, StringComparison.Ordinal);
        Assert.StartsWith("--archive bucket: ", Assert.Throws<UsageException>(() => settings.WithArchive("bucket", "8MiB", "/c")).Message, StringComparison.Ordinal);
        Assert.StartsWith("--archive-bandwidth 1023: ", Assert.Throws<UsageException>(() => settings.WithArchive(null, "1023", null)).Message, StringComparison.Ordinal);
    }

    private static string Refusal(string durableWithin, string retainFor, string retainBytes, string? keepFree) =>
        Assert.Throws<UsageException>(() => StorageSettings.Parse(durableWithin, retainFor, "400d", retainBytes, keepFree)).Message;
}

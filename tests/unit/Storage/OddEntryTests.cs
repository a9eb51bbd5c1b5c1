using System.Diagnostics;
using NetMon.Events;
using NetMon.Foundation;
using NetMon.Storage;
using NetMon.Storage.Loss;
using Xunit;

namespace NetMon.UnitTests.Storage;

/// <summary>A foreign entry of any name in a capture directory blocks and stops nothing.</summary>
public sealed class OddEntryTests : IDisposable
{
    private const string Hour = "date=2026-11-22/hour=18";
    private const string Name = "node-1.0011223344556677-000001";
    private readonly CaptureFolder _capture = new();

    public void Dispose() => _capture.Dispose();

    [Theory]
    [InlineData("hot/" + Hour + "/" + Name + ".arrows")]
    [InlineData("hot/" + Hour + "/" + Name + ".parquet")]
    [InlineData("hot/" + Hour + "/" + Name + ".parquet.partial")]
    [InlineData("hot/" + Hour + "/" + Name + ".rollup")]
    [InlineData("hot/" + Hour + "/" + Name + ".loss")]
    [InlineData("hot/" + Hour)]
    [InlineData("hot/date=2026-11-22")]
    [InlineData("hot/node-1.seen")]
    [InlineData("events/" + Hour + "/node-1.parquet")]
    [InlineData("events/date=2026-11-20")]
    [InlineData("events/date=x")]
    [InlineData("rollup/" + Hour + "/node-1.parquet")]
    [InlineData("loss/date=2026-11-22/node-1.parquet")]
    [InlineData("loss/date=2026-11-20")]
    public void Foreign_entries_block_neither_the_start_nor_the_seal_nor_retention(string path)
    {
        foreach (var kind in new[] { "mkfifo", "mkdir", "ln -s /nowhere", "ln -s /dev/zero", "mknod -m 600 {} c 1 5 #", "touch", "head -c 100000 /dev/urandom >" })
        {
            using var capture = new CaptureFolder();
            var full = Path.Combine(capture.Path, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            Shell(kind.Contains("{}", StringComparison.Ordinal) ? kind.Replace("{}", full, StringComparison.Ordinal) : $"{kind} '{full}'");
            var retained = Path.Combine(capture.Events, "date=2026-11-21/hour=01/node-1.parquet");
            Directory.CreateDirectory(Path.GetDirectoryName(retained)!);
            File.WriteAllBytes(retained, new byte[1 << 20]);

            var sink = capture.Open(change: options => options with { RetainBytes = 500_000 });
            sink.Advance(1);
            sink.Write([Sample.Accept(Sample.Hour19 + Sample.HourLong)]);
            sink.Advance(Sample.Hour19 + 2 * Sample.HourLong + 2 * Sample.Second);
            CaptureFolder.WaitFor(() => sink.Removals.Files(RemovalReason.RetainBytes) > 0, $"retention beside {kind} {path}");
            sink.Close();

            Assert.False(File.Exists(retained));
            var files = kind == "mkdir" || path is not "hot/date=2026-11-22" ? 1 : 0;
            Assert.True(capture.Sealed.Count(file => file == "date=2026-11-22/hour=20/node-1.parquet") == files, $"beside {kind} {path}: {string.Join("; ", capture.Sealed)}\n{string.Join('\n', capture.Reports)}");
        }
    }

    [Theory]
    [InlineData("1\t2\tsource\tring_full\tmany")]
    [InlineData("x\t2\tsource\tring_full\t1")]
    [InlineData("1\t\tsource\tring_full\t1")]
    [InlineData("1\t2\tsource\tring_full\t1\t-1\t\t\t\t")]
    [InlineData("1\t99999999999999999999\tsource\tring_full\t1")]
    [InlineData("1\t2\tsource\tring_full\t9223372036854775808")]
    [InlineData("")]
    [InlineData("\t\t\t\t")]
    public void A_line_of_losses_with_a_valid_checksum_but_no_numbers_is_skipped(string fields)
    {
        var line = $"{fields}\t{Crc32C.Of(System.Text.Encoding.UTF8.GetBytes(fields)):x8}";
        Assert.Empty(LossText.Parse(line + "\n"));
        var file = Path.Combine(_capture.Hot, Hour, Name + ".loss");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, line + "\n" + LossLine.Of(new LossRow(Sample.Hour19, Sample.Hour19, "source", "ring_full", 7)));
        _capture.Open().Close();

        Assert.Equal([["ring_full", 7L]], _capture.Query("SELECT reason, count FROM {loss}"));
        Assert.Contains("1 incomplete lines", Assert.Single(_capture.Reports), StringComparison.Ordinal);
    }

    private static void Shell(string script)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.SkipUnless(process.ExitCode == 0 || Environment.IsPrivilegedProcess, $"needs root: {error}");
        Assert.True(process.ExitCode == 0, $"{script}: {error}");
    }
}

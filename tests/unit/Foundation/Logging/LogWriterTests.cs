using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using NetMon.Foundation.Logging;
using NetMon.Native;
using Xunit;

namespace NetMon.UnitTests.Foundation.Logging;

/// <summary>Log lines to descriptors that do not accept them.</summary>
public sealed partial class LogWriterTests
{
    private const int Lines = 2000; // of 1000 bytes: more than a pipe buffers

    [Fact]
    public async Task Lines_of_many_threads_are_complete_and_written_once()
    {
        using var pipe = new OutputPipe();
        var writer = new LogWriter(LogFormat.Text, pipe.Output);
        var log = new Logger(writer.Write, "agent");
        var reading = pipe.ReadAll();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var n = 0; n < 500; n++)
            {
                log.Info(string.Create(CultureInfo.InvariantCulture, $"{thread}-{n}"));
            }
        })));
        writer.Dispose();

        var messages = (await reading).TrimEnd('\n').Split('\n').Select(line => Entry().Match(line)).ToList();
        Assert.All(messages, match => Assert.True(match.Success));
        Assert.Equal(4000, messages.Select(match => match.Groups[1].Value).Distinct().Count());
    }

    [Fact]
    public async Task A_blocked_reader_loses_lines_that_are_counted_when_it_reads_again()
    {
        using var pipe = new OutputPipe();
        var writer = new LogWriter(LogFormat.Text, pipe.Output, stallBound: TimeSpan.FromMilliseconds(1));
        var log = new Logger(writer.Write, "storage");
        for (var n = 0; n < Lines; n++)
        {
            log.Info(string.Create(CultureInfo.InvariantCulture, $"{n}").PadRight(1000, '.'));
        }

        var buffer = new byte[4 * 1024 * 1024];
        var before = await pipe.Reader.ReadAtLeastAsync(buffer, 512 * 1024, cancellationToken: TestContext.Current.CancellationToken);
        log.Info("again");
        writer.Dispose();
        var text = Encoding.UTF8.GetString(buffer, 0, before) + await pipe.ReadAll();

        var lines = text.TrimEnd('\n').Split('\n').Select(line => Entry().Match(line)).ToList();
        Assert.All(lines, match => Assert.True(match.Success));
        var notice = Assert.Single(lines, match => match.Value.Contains(" warn log: ", StringComparison.Ordinal));
        var dropped = int.Parse(notice.Groups[1].Value.Split(' ')[0], CultureInfo.InvariantCulture);
        Assert.InRange(dropped, 1, Lines - 1);
        Assert.Equal(Lines, lines.Count - 2 + dropped);
        Assert.Equal("again", lines[^1].Groups[1].Value);
        Assert.Equal(notice, lines[^2]);
    }

    [Fact]
    public async Task Threads_that_log_to_a_blocked_reader_continue()
    {
        using var pipe = new OutputPipe();
        using var writer = new LogWriter(LogFormat.Json, pipe.Output, stallBound: TimeSpan.FromMilliseconds(10));
        var log = new Logger(writer.Write, "agent");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var n = 0; n < Lines; n++)
            {
                log.Info(new string('.', 1000));
            }
        })));
        Assert.True(pipe.Output.UnreadBytes() > 512 * 1024); // it is full, and nobody has read it
    }

    [Fact]
    public void A_closed_reader_and_a_full_device_are_not_failures()
    {
        using var pipe = new OutputPipe();
        pipe.CloseReader();
        foreach (var output in (OutputDescriptor[])[pipe.Output, OutputDescriptor.Append("/dev/full")!])
        {
            using var writer = new LogWriter(LogFormat.Text, output);
            new Logger(writer.Write, "agent").Error("nobody hears this");
        }
    }

    [Fact]
    public void A_component_name_that_is_too_long_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Logger(_ => { }, new string('c', LogLine.MaxComponentBytes + 1)));

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (?:info|warn) (?:agent|storage|log): ([^.]+)\.*$")]
    private static partial Regex Entry();
}

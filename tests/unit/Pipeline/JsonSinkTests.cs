using System.Diagnostics;
using System.Text;
using System.Text.Json;
using NetMon.Events;
using NetMon.Foundation;
using NetMon.Foundation.Logging;
using NetMon.Native;
using NetMon.Pipeline.Json;
using NetMon.UnitTests.Foundation;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Pipeline;

public sealed class JsonSinkTests : IDisposable
{
    private const int PerBatch = 100;
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(250);

    private readonly string _folder = Directory.CreateTempSubdirectory("netmon-json-").FullName;
    private readonly SinkCounters _counters = new("json");
    private readonly FaultState _fault = new("json");
    private readonly List<string> _reports = [];
    private uint _written;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_fast_reader_gets_every_line_in_order()
    {
        using var pipe = new OutputPipe();
        var sink = Open(pipe.Output, Patience.Limit);
        var reading = pipe.ReadAll();
        await Task.Run(() => Write(sink, 50_000), TestContext.Current.CancellationToken);
        sink.Close();

        Assert.Equal(Enumerable.Range(1, 50_000), WholeLines(await reading));
        Assert.Equal((50_000, 0, 0), (_counters.Delivered, _counters.QueueFull, _counters.Failed));
        Assert.Empty(_reports);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 1)] // one page of the pipe is in use: what then fits is another number of pages
    [InlineData(false, 15)]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    public async Task A_reader_that_never_reads_loses_complete_counted_lines_after_the_timeout(bool longLines, int flushedFirst)
    {
        using var pipe = new OutputPipe();
        var sink = Open(pipe.Output);
        var endless = new string('\u0001', 10_000);
        var container = longLines ? new ContainerIdentity(endless, endless, endless, endless) : null;
        Write(sink, flushedFirst, container);
        sink.Advance(0);
        var clock = Stopwatch.StartNew();
        await Task.Run(() => Write(sink, 20_000 - flushedFirst, container), TestContext.Current.CancellationToken).WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
        sink.Close();

        // One wait for the timeout; each further write only polls. A wait per batch would take four times the limit here.
        Assert.InRange(clock.Elapsed, Bound, Bound * (20_000 / PerBatch) / 4);
        var lines = WholeLines(await pipe.ReadAll());
        Assert.Equal(Enumerable.Range(1, lines.Count), lines);
        Assert.InRange(lines.Count, 100, 19_000);
        Assert.Equal((lines.Count, 20_000 - lines.Count, 0), (_counters.Delivered, _counters.QueueFull, _counters.Failed));
        Assert.Contains("nobody has read the output", Assert.Single(_reports), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reader_that_resumes_gets_lines_again_and_the_log_reports_it()
    {
        using var pipe = new OutputPipe();
        var sink = Open(pipe.Output);
        Write(sink, 20_000);
        sink.Advance(0);
        var dropped = _counters.QueueFull;
        Assert.InRange(dropped, 1, 19_999);

        var buffer = new byte[8 * 1024 * 1024];
        var before = await pipe.Reader.ReadAtLeastAsync(buffer, 512 * 1024, cancellationToken: TestContext.Current.CancellationToken);
        Write(sink, 1);
        sink.Close();
        var lines = WholeLines(Encoding.UTF8.GetString(buffer, 0, before) + await pipe.ReadAll());

        Assert.Equal(20_001, lines[^1]);
        Assert.Equal(dropped, _counters.QueueFull);
        Assert.Equal(lines.Count, _counters.Delivered);
        Assert.Equal(2, _reports.Count);
        Assert.Equal($"writing works again; {dropped} lines dropped since start", _reports[1]);
    }

    [Fact]
    public async Task A_slow_reader_gets_only_complete_lines_even_if_some_are_dropped()
    {
        using var pipe = new OutputPipe();
        var sink = new JsonSink(new JsonOutput(pipe.Output, null, new Logger(_ => { }, "json"), TimeSpan.Zero), EventLine.Of(JsonFormat.Netmon, "node-1"), _counters, _fault, new Logger(entry => _reports.Add(entry.Message), "json"));
        var reading = Task.Run(
            () =>
            {
                var (text, buffer, random) = (new MemoryStream(), new byte[5000], new Random(1));
                for (int read; (read = pipe.Reader.Read(buffer, 0, random.Next(1, buffer.Length))) > 0;)
                {
                    text.Write(buffer, 0, read);
                }

                return Encoding.UTF8.GetString(text.ToArray());
            },
            TestContext.Current.CancellationToken);
        Write(sink, 60_000);
        sink.Close();

        var lines = WholeLines(await reading);

        Assert.Equal(lines.Count, lines.Distinct().Count());
        Assert.Equal(lines.Order(), lines);
        Assert.Equal(_counters.Delivered, lines.Count);
        Assert.Equal(60_000, _counters.Delivered + _counters.QueueFull);
    }

    [Fact]
    public void A_closed_reader_costs_every_line_but_not_the_agent()
    {
        using var pipe = new OutputPipe();
        var sink = Open(pipe.Output);
        pipe.CloseReader();
        Write(sink, 5_000);
        sink.Close();

        Assert.Equal((0, 0, 5_000), (_counters.Delivered, _counters.QueueFull, _counters.Failed));
        Assert.Contains("Broken pipe (errno 32)", Assert.Single(_reports), StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_device_costs_every_line()
    {
        var sink = Open(OutputDescriptor.Append("/dev/full")!);
        Write(sink, 5_000);
        sink.Close();

        Assert.Equal((0, 0, 5_000), (_counters.Delivered, _counters.QueueFull, _counters.Failed));
        Assert.Contains("No space left on device (errno 28)", Assert.Single(_reports), StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_keeps_complete_lines_and_counts_others_and_writing_resumes_with_free_space()
    {
        using var disk = new SmallFileSystem(Path.Combine(_folder, "disk"), kibibytes: 256);
        var file = Path.Combine(disk.Path, "events.json");
        var sink = Open(OutputDescriptor.Append(file)!);
        Write(sink, 3_000);
        sink.Advance(0);

        var lines = WholeLines(File.ReadAllText(file));
        Assert.Equal(Enumerable.Range(1, lines.Count), lines);
        Assert.InRange(lines.Count, 100, 2_999);
        Assert.Equal((lines.Count, 0, 3_000 - lines.Count), (_counters.Delivered, _counters.QueueFull, _counters.Failed));
        Assert.Contains("No space left on device (errno 28)", Assert.Single(_reports), StringComparison.Ordinal);

        disk.Resize(4096);
        Write(sink, 10);
        sink.Close();

        Assert.Equal(lines.Concat(Enumerable.Range(3_001, 10)), WholeLines(File.ReadAllText(file)));
        Assert.Equal(lines.Count + 10, _counters.Delivered);
        Assert.Contains("works again", _reports[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_appended_to_and_not_readable_by_other_users()
    {
        var file = Path.Combine(_folder, "events.json");
        foreach (var _ in (ReadOnlySpan<int>)[1, 2])
        {
            var sink = Open(OutputDescriptor.Append(file)!);
            Write(sink, 3);
            sink.Close();
        }

        Assert.Equal(Enumerable.Range(1, 6), WholeLines(File.ReadAllText(file)));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(file) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite));
    }

    [Fact]
    public void A_file_that_can_not_be_opened_is_reported_by_name() =>
        Assert.Contains("opening /nowhere/x", Assert.Throws<NativeException>(() => OutputDescriptor.Append("/nowhere/x")).Message, StringComparison.Ordinal);

    [Fact]
    public void Lines_are_written_when_time_passes_and_not_only_when_the_buffer_is_full()
    {
        var file = Path.Combine(_folder, "events.json");
        var sink = Open(OutputDescriptor.Append(file)!);
        Write(sink, 3);
        sink.Advance(0);

        Assert.Equal([1, 2, 3], WholeLines(File.ReadAllText(file)));
        Assert.Equal(3, _counters.Delivered);
        sink.Close();
    }

    [Theory]
    [InlineData("", "", "")]
    [InlineData("{\"a\":1}\n", "{\"a\":1}\n", "")]
    [InlineData("{\"a\":1}\n{\"a\":", "{\"a\":1}\n", "5 bytes cut off")] // what a killed agent leaves
    [InlineData("{\"a\":", "", "5 bytes cut off")]
    [InlineData("{\"a\":1}\nno line of ours", "{\"a\":1}\nno line of ours\n", "")]
    public void A_file_with_an_incomplete_last_line_is_truncated_to_complete_lines(string before, string after, string said)
    {
        var file = Path.Combine(_folder, "torn");
        File.WriteAllText(file, before);
        var log = new List<string>();
        JsonOutput.Open(file, new Logger(entry => log.Add(entry.Message), "json")).Dispose();
        Assert.Equal(after, File.ReadAllText(file));
        Assert.Equal(said.Length == 0 ? 0 : 1, log.Count);
        Assert.All(log, line => Assert.Contains(said, line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_torn_end_longer_than_any_line_stays_and_is_terminated()
    {
        var file = Path.Combine(_folder, "torn");
        var text = "{" + new string('x', EventLine.MaxBytes);
        File.WriteAllText(file, text);
        JsonOutput.Open(file, new Logger(_ => { }, "json")).Dispose();
        Assert.Equal(text + "\n", File.ReadAllText(file));
    }

    [Fact]
    public void A_partial_line_after_an_exception_is_counted_and_not_written_later()
    {
        using var pipe = new OutputPipe();
        var sink = Open(pipe.Output);
        Write(sink, 3);
        Assert.Equal(3, sink.Pending);
        sink.Recover();
        Assert.Equal((0, 3, 0), (sink.Pending, _counters.Failed, _counters.Delivered));
        sink.Close();
    }

    private JsonSink Open(OutputDescriptor output, TimeSpan? stallBound = null) => new(
        new JsonOutput(output, null, new Logger(_ => { }, "json"), stallBound ?? Bound), EventLine.Of(JsonFormat.Netmon, "node-1"), _counters, _fault, new Logger(entry => _reports.Add(entry.Message), "json"));

    /// <summary>Batches of events that are numbered by their pid.</summary>
    private void Write(JsonSink sink, int events, ContainerIdentity? container = null)
    {
        var e = JsonLines.Event(RecordKind.Close) with { Container = container };
        for (var i = 0; i < events; i += PerBatch)
        {
            var batch = new ConnectionEvent[Math.Min(PerBatch, events - i)];
            foreach (ref var to in batch.AsSpan())
            {
                e.Record.Owner.Pid = ++_written;
                to = e;
            }

            sink.Write(batch);
        }
    }

    /// <summary>The numbers of the lines; fails on an incomplete line.</summary>
    private static List<int> WholeLines(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return [.. text[..^1].Split('\n').Select(line =>
        {
            using var json = JsonDocument.Parse(line);
            return json.RootElement.GetProperty("pid").GetInt32();
        })];
    }
}

using NetMon.Storage.Cold;

namespace NetMon.Storage.Owners;

/// <summary>
/// Keeps one file per hour of the owners of addresses, with time ranges. <see cref="Take"/> is thread-safe; all else is for the sink's
/// thread. The sealing thread writes the files.
/// </summary>
internal sealed class OwnerJournal
{
    /// <summary>How long an hour's file waits after its end for late reports from runtimes.</summary>
    private const long LateNanoseconds = 10_000_000_000;

    /// <summary>Interval at which an unchanged file is rewritten, so that after a crash it shows up to when it is valid.</summary>
    private const long KnownMilliseconds = 60_000;

    private const long NodeMilliseconds = 60_000;
    private const long RetryMilliseconds = 10_000;

    /// <summary>Larger files are written less often: one second of interval per this many rows.</summary>
    private const int RowsPerSecond = 500;

    private readonly CaptureSinkOptions _options;
    private readonly DiskFloor _floor;
    private readonly OwnerWriter _writer;
    private readonly OwnerNews _news = new();
    private readonly OwnerTable _table = new();
    private Hour? _hour;
    private Hour _carriedHour;
    private long _carriedKnown;
    private long _watermark;
    private long _written = -1;
    private long _leftOut;
    private long _nextWrite;
    private long _nextKnown;
    private long _nextNode;
    private long _nextTry;
    private long _listedAt = long.MaxValue;

    /// <param name="capture">The capture directory.</param>
    /// <param name="options">Node and intervals.</param>
    /// <param name="floor">Nothing is written below it.</param>
    /// <param name="failures">Logs disk errors.</param>
    /// <param name="seal">Receives jobs, which <see cref="Write"/> executes.</param>
    public OwnerJournal(CaptureDirectory capture, CaptureSinkOptions options, DiskFloor floor, FailureLog failures, Action<SealJob> seal)
    {
        (_options, _floor) = (options, floor);
        _writer = new OwnerWriter(capture, options, failures, seal);
    }

    /// <summary>Ranges that did not fit. Thread-safe.</summary>
    public long LeftOut => Volatile.Read(ref _leftOut) + _news.LeftOut;

    /// <summary>Continues where an earlier run ended.</summary>
    public void Continue(OwnerTakeover earlier)
    {
        _table.Carry(earlier.Open);
        (_carriedKnown, _carriedHour) = (earlier.Known, Hour.Of(earlier.Known));
    }

    /// <summary>Records that an owner has acquired or released an address. Thread-safe; never blocks.</summary>
    public void Take(AddressOwner owner) => _news.Add(owner);

    /// <summary>Advances the time of the event stream; writes changes when due.</summary>
    public void Advance(long watermark)
    {
        var now = Environment.TickCount64;
        _watermark = watermark;
        TakeNews(now);
        if (_table.Count == 0 || _floor.IsBelow())
        {
            return;
        }

        var hour = Hour.Of(watermark);
        _hour ??= hour;
        if (_hour is { } before && (watermark >= before.End + LateNanoseconds || hour.Index < before.Index))
        {
            Add(before, isOver: true);
            _hour = hour;
            _table.Forget(hour);
            _written = -1;
        }

        SettleCarried(now);
        if (now >= _nextWrite && (_table.Version != _written || (now >= _nextKnown && _table.HasOpen)))
        {
            WriteOpen(now, hour);
        }

        if (now >= _nextTry)
        {
            _nextTry = now + RetryMilliseconds;
            _writer.TryAgain();
        }
    }

    /// <summary>Executes a job of <see cref="SealKind.Owners"/>. For the sealing thread.</summary>
    public void Write(Hour hour) => _writer.Write(hour);

    /// <summary>Queues the final writes.</summary>
    public void Close()
    {
        TakeNews(Environment.TickCount64);
        if (_hour is not { } hour || _floor.IsBelow())
        {
            return;
        }

        Add(hour, isOver: true);
        if (Hour.Of(_watermark) is var last && last != hour)
        {
            Add(last, isOver: true);
        }

        _writer.TryAgain();
    }

    private void TakeNews(long now)
    {
        while (_news.TryTake(out var owner))
        {
            _table.Take(owner);
            _listedAt = Math.Min(_listedAt, now + (long)_options.OwnersListedWithin.TotalMilliseconds);
        }

        if (now >= _nextNode && _options.NodeAddresses is { } addresses)
        {
            _nextNode = now + NodeMilliseconds;
            _table.TakeNode(addresses(), OwnerRange.Microseconds(_watermark));
        }

        Volatile.Write(ref _leftOut, _table.LeftOut);
    }

    /// <summary>If an earlier hour's file has ranges that were still open, writes a second file with their end.</summary>
    private void SettleCarried(long now)
    {
        if (now < _listedAt || _table.Carried.Count == 0 || _carriedHour == _hour)
        {
            return;
        }

        _writer.Add(_carriedHour, new OwnerSnapshot([.. _table.Carried], _carriedKnown, IsOver: true));
        _table.ForgetCarried();
    }

    private void WriteOpen(long now, Hour hour)
    {
        var rows = Add(_hour!.Value, isOver: false);
        if (hour != _hour)
        {
            rows += Add(hour, isOver: false);
        }

        _written = _table.Version;
        _nextWrite = now + (long)_options.OwnersInterval.TotalMilliseconds + rows * 1000L / RowsPerSecond;
        _nextKnown = now + KnownMilliseconds;
    }

    private int Add(Hour hour, bool isOver)
    {
        var rows = _table.In(hour, carried: Environment.TickCount64 >= _listedAt && hour == _carriedHour);
        if (rows.Count > 0)
        {
            _writer.Add(hour, new OwnerSnapshot(rows, _watermark, isOver));
        }

        return rows.Count;
    }
}

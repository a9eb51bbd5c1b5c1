using NetMon.Parquet;
using NetMon.Storage.Columns;

namespace NetMon.Storage.Rollups;

/// <summary>
/// Sums up the events of pieces while these are written, so that they need not be read back. Only in memory: what a crash or a failure leaves
/// without sums is read back. One thread.
/// </summary>
/// <param name="sums">Borrowed.</param>
/// <param name="failed">Told of what fails here; it never keeps a piece from being written.</param>
internal sealed class PieceSums(EventSums sums, Action<Exception> failed) : IRowGroupTap
{
    private readonly List<string> _pieces = [];
    private bool _isPieceOpen;
    private bool _isWorthless;

    /// <summary>The hour of the events.</summary>
    public Hour Hour => sums.Hour;

    /// <summary>Names of the pieces that were summed up.</summary>
    public IReadOnlyCollection<string> Pieces => _pieces;

    /// <summary>Events that were summed up.</summary>
    public long Events => sums.Events;

    /// <summary>Whether a roll-up should be made of them before others are added.</summary>
    public bool AreMany => sums.AreMany;

    /// <summary>Begins a piece, of the same hour as those before. If one before was not kept, the sums begin anew.</summary>
    public void Begin(Hour hour)
    {
        if (_isPieceOpen || _isWorthless || _pieces.Count == 0)
        {
            Drop(hour);
        }

        _isPieceOpen = true;
    }

    /// <summary>The piece that was begun is in its place.</summary>
    public void Keep(string name)
    {
        if (_isPieceOpen && !_isWorthless)
        {
            _pieces.Add(name);
        }

        _isPieceOpen = false;
    }

    /// <summary>Forgets all sums.</summary>
    /// <param name="hour">Of those to come.</param>
    public void Drop(Hour hour)
    {
        _pieces.Clear();
        (_isPieceOpen, _isWorthless) = (false, false);
        Try(() => sums.Begin(hour));
    }

    /// <summary>Whether there are sums of whole pieces only; otherwise they are forgotten.</summary>
    public bool TrySettle()
    {
        if (_isPieceOpen || _isWorthless || _pieces.Count == 0)
        {
            Drop(Hour);
        }

        return _pieces.Count > 0;
    }

    /// <inheritdoc/>
    public void BeginRowGroup(int rows, bool areDeltasKnown) => Try(() => sums.BeginRowGroup(rows, areDeltasKnown));

    /// <inheritdoc/>
    public void Take(string column, ReadOnlySpan<long> numbers, Presence? presence)
    {
        if (_isWorthless)
        {
            return;
        }

        try
        {
            sums.Take(column, numbers, presence);
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    /// <inheritdoc/>
    public void Take(string column, ReadOnlySpan<uint> indices, PlainTexts texts, Presence? presence)
    {
        if (_isWorthless)
        {
            return;
        }

        try
        {
            sums.Take(column, indices, texts, presence);
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    /// <inheritdoc/>
    public void EndRowGroup() => Try(sums.EndRowGroup);

    private void Try(Action action)
    {
        if (_isWorthless)
        {
            return;
        }

        try
        {
            action();
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    private void Fail(Exception failure)
    {
        _isWorthless = true;
        failed(failure);
    }
}

using NetMon.Parquet;
using NetMon.Storage.Columns;

namespace NetMon.Storage.Rollups;

/// <summary>
/// Sums up the events of pieces while the pieces are written, to avoid reading them back. The sums are only in memory: pieces that a
/// crash or a failure leaves without sums are read back. Not thread-safe.
/// </summary>
/// <param name="sums">Borrowed.</param>
/// <param name="failed">Receives failures, which never prevent a piece from being written.</param>
internal sealed class PieceSums(EventSums sums, Action<Exception> failed) : IRowGroupTap
{
    private readonly List<string> _pieces = [];
    private bool _isPieceOpen;
    private bool _isWorthless;

    /// <summary>The hour of the events.</summary>
    public Hour Hour => sums.Hour;

    /// <summary>Names of the pieces in the sums.</summary>
    public IReadOnlyCollection<string> Pieces => _pieces;

    /// <summary>The number of events in the sums.</summary>
    public long Events => sums.Events;

    /// <summary>Whether a roll-up should be made of the events before others are added.</summary>
    public bool AreMany => sums.AreMany;

    /// <summary>Begins a piece of the same hour as the previous ones. If the previous piece was not kept, all sums are dropped.</summary>
    public void Begin(Hour hour)
    {
        if (_isPieceOpen || _isWorthless || _pieces.Count == 0)
        {
            Drop(hour);
        }

        _isPieceOpen = true;
    }

    /// <summary>Confirms that the current piece has been published.</summary>
    public void Keep(string name)
    {
        if (_isPieceOpen && !_isWorthless)
        {
            _pieces.Add(name);
        }

        _isPieceOpen = false;
    }

    /// <summary>Removes all sums.</summary>
    /// <param name="hour">The hour of the following pieces.</param>
    public void Drop(Hour hour)
    {
        _pieces.Clear();
        (_isPieceOpen, _isWorthless) = (false, false);
        Try(() => sums.Begin(hour));
    }

    /// <summary>Whether the sums cover complete pieces only; otherwise drops them.</summary>
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

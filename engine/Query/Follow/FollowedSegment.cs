using NetMon.Storage.Hot;

namespace NetMon.Query.Follow;

/// <summary>
/// A segment that is read as it grows. It is held open, so what was written to it is read also after it has become a piece and was
/// removed. The follower's thread, but for <see cref="IsGone"/>. Owns the reader.
/// </summary>
/// <param name="path">Where it was found.</param>
/// <param name="reader">Its reader, at the start.</param>
internal sealed class FollowedSegment(string path, HotSegmentReader reader) : IDisposable
{
    private long _readTo = -1;
    private bool _isGone;

    public string Path => path;

    public string Node => reader.Node;

    /// <summary>The rows that <see cref="TryRead"/> has read last.</summary>
    public HotBatch Batch => reader.Batch;

    /// <summary>Bytes that it has now.</summary>
    public long Length => reader.Length;

    /// <summary>Batches that end here or before are passed over, bytes from the beginning.</summary>
    public long SkipTo { get; set; }

    /// <summary>Whether it has no name any more, so that nobody appends to it. Any thread.</summary>
    public bool IsGone
    {
        get => Volatile.Read(ref _isGone);
        set => Volatile.Write(ref _isGone, value);
    }

    /// <summary>Whether all of it was read and no more will come.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Rows that were damaged and passed over, as far as their number can be told.</summary>
    public long DamagedRows { get; private set; }

    /// <summary>Whether anything was damaged and passed over.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Goes on to the next rows; false if there are none yet. What is not wholly written yet comes at a later call.</summary>
    /// <exception cref="IOException">The disk can't give it.</exception>
    public bool TryRead()
    {
        var isGone = IsGone; // before the length: what is gone does not grow
        var length = reader.Length;
        if (length != _readTo)
        {
            while (reader.TryRead())
            {
                if (reader.DamageBefore is { } damage)
                {
                    IsDamaged = true;
                    DamagedRows += damage.Rows ?? 0;
                }

                if (reader.Position > SkipTo)
                {
                    return true;
                }
            }

            _readTo = length;
        }

        IsDone = reader.IsAtEnd || isGone;
        return false;
    }

    public void Dispose() => reader.Dispose();
}

using NetMon.Storage.Hot;

namespace NetMon.Query.Follow;

/// <summary>
/// A segment that is read while it grows. The file is kept open, so that its rows can be read even after it became a piece and was removed.
/// For the follower's thread, except for <see cref="IsGone"/>. Owns the reader.
/// </summary>
/// <param name="path">The path where it was found.</param>
/// <param name="reader">Its reader, positioned at the start.</param>
internal sealed class FollowedSegment(string path, HotSegmentReader reader) : IDisposable
{
    private long _readTo = -1;
    private bool _isGone;

    public string Path => path;

    public string Node => reader.Node;

    /// <summary>The rows read by the last <see cref="TryRead"/>.</summary>
    public HotBatch Batch => reader.Batch;

    /// <summary>Its current size in bytes.</summary>
    public long Length => reader.Length;

    /// <summary>The offset in bytes up to which batches are skipped.</summary>
    public long SkipTo { get; set; }

    /// <summary>Whether the file was removed, so that it no longer grows. Thread-safe.</summary>
    public bool IsGone
    {
        get => Volatile.Read(ref _isGone);
        set => Volatile.Write(ref _isGone, value);
    }

    /// <summary>Whether all of it was read and no more will be added.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The number of damaged rows skipped, as far as known.</summary>
    public long DamagedRows { get; private set; }

    /// <summary>Whether damaged data was skipped.</summary>
    public bool IsDamaged { get; private set; }

    /// <summary>Advances to the next rows; false if there are none yet. Incomplete rows are returned by a later call.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public bool TryRead()
    {
        var isGone = IsGone; // before the length: a removed file does not grow
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

using Microsoft.Win32.SafeHandles;
using NetMon.Events;
using NetMon.Native;

namespace NetMon.Storage.Hot;

/// <summary>
/// Reads a hot segment batch by batch, including one that an agent in another process is appending to: an incomplete message is not
/// returned, but may be complete on the next attempt. The reader skips damaged messages. Uses at most 3 MiB of memory, whatever the file
/// contains. Not thread-safe; owns the file.
/// </summary>
public sealed class HotSegmentReader : IDisposable
{
    private readonly HotMessageReader _messages;

    /// <summary>A bit mask, by number, of the dictionaries that may not be those that the next rows refer to.</summary>
    private uint _unknown;

    private HotSegmentReader(HotMessageReader messages) => _messages = messages;

    /// <summary>The last batch read by <see cref="TryRead"/>.</summary>
    public HotBatch Batch => _messages.Batch;

    /// <summary>The node that the rows belong to; empty if <see cref="IsKnown"/> is false.</summary>
    public string Node => _messages.Node;

    /// <summary>The offset after the last complete message, in bytes.</summary>
    public long Position => _messages.Position;

    /// <summary>The current size of the file in bytes.</summary>
    /// <exception cref="IOException">The file can't be accessed.</exception>
    public long Length => RandomAccess.GetLength(_messages.File);

    /// <summary>Whether the segment has the version that this build writes.</summary>
    internal bool IsCurrent => _messages.Format == HotFormat.Current;

    /// <summary>The offset of <see cref="Batch"/> in bytes.</summary>
    internal long BatchPosition => _messages.BatchPosition;

    /// <summary>Whether the writer has closed the segment and all of it has been read.</summary>
    public bool IsAtEnd => _messages.IsAtEnd;

    /// <summary>The number of rows that the metadata of the incomplete batch after <see cref="Position"/> declares; 0 if unknown.</summary>
    public int TornRows => _messages.TornRows;

    /// <summary>The damage between the last batch and the one before; null: none.</summary>
    public HotDamage? DamageBefore { get; private set; }

    /// <summary>Whether the file is a segment of a version that this build reads.</summary>
    public bool IsKnown => Position > 0;

    /// <summary>Whether the file is a segment of a version that this build can't read.</summary>
    public bool IsOtherVersion => _messages.IsOtherVersion;

    /// <summary>Opens a segment for reading.</summary>
    /// <exception cref="IOException">The file can't be read or does not exist: a sealed hour has no segments any more.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied.</exception>
    public static HotSegmentReader Open(string path) => Open(RegularFile.Open(path));

    /// <summary>Opens a file; takes ownership of the handle.</summary>
    public static HotSegmentReader Open(SafeFileHandle file)
    {
        var messages = new HotMessageReader(file);
        try
        {
            messages.ReadSchema();
            return new HotSegmentReader(messages);
        }
        catch
        {
            messages.Dispose();
            throw;
        }
    }

    /// <summary>Advances to the next batch; false if there is no complete one.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public bool TryRead()
    {
        (_messages.TornRows, DamageBefore) = (0, null);
        while (!IsAtEnd && (IsKnown || _messages.ReadSchema()))
        {
            var message = _messages.ReadMessage();
            if (message == HotMessage.None && !IsAtEnd)
            {
                message = SkipDamage();
            }

            if (message == HotMessage.None)
            {
                return false;
            }

            if (message == HotMessage.Dictionary)
            {
                _unknown &= ~(1u << _messages.Dictionary);
            }
            else if (HasItsDictionaries())
            {
                return true;
            }
            else
            {
                // The dictionary that the rows refer to is damaged: dropping them is better than wrong names.
                DamageBefore = HotDamage.Of(DamageBefore, Batch.Rows);
            }
        }

        return false;
    }

    /// <summary>Reads the batch at an offset found by an earlier pass, with the dictionaries that applied to it.</summary>
    internal bool TryReadAt(long position, ContainerIdentity[] containers, PeerIdentity[] peers)
    {
        (_messages.Position, _messages.IsAtEnd) = (position, false);
        _messages.Use(containers, peers);
        return _messages.ReadMessage() == HotMessage.Batch;
    }

    public void Dispose() => _messages.Dispose();

    private bool HasItsDictionaries()
    {
        for (var dictionary = 0; dictionary < Batch.References.Count; dictionary++)
        {
            var references = Batch.References[dictionary];
            if ((_unknown & (1u << dictionary)) != 0 ? references.HasAny : !references.AreKnown)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Reads the next complete message after an incomplete one, if any; then the bytes between are damaged. Otherwise the segment ends
    /// here, possibly in a message that is still being written.
    /// </summary>
    private HotMessage SkipDamage()
    {
        var (damagedAt, tornRows) = (Position, TornRows);
        var search = new HotMessageSearch(_messages.File, _messages.Format);
        foreach (var place in search.PlacesBehind(damagedAt))
        {
            // A segment grows from start to end: if something follows, the message that was being written is complete by now.
            _messages.Position = damagedAt;
            var message = _messages.ReadMessage();
            if (message != HotMessage.None)
            {
                return message;
            }

            _messages.Position = place;
            message = _messages.ReadMessage();
            if (message != HotMessage.None)
            {
                var damage = search.Describe(damagedAt, place);
                _unknown |= damage.Dictionaries;
                (DamageBefore, _messages.TornRows) = (HotDamage.Of(DamageBefore, damage.Rows), 0);
                return message;
            }
        }

        (_messages.Position, _messages.TornRows, _messages.IsAtEnd) = (damagedAt, tornRows, false);
        return HotMessage.None;
    }
}

using Microsoft.Win32.SafeHandles;
using NetMon.Events;
using NetMon.Native;

namespace NetMon.Storage.Hot;

/// <summary>
/// Reads a hot segment batch by batch, also one that an agent of another process is appending to: what is not wholly there
/// yet is not there, and may be on the next try. A message that is damaged costs what is in it: the reader goes on behind it. Takes
/// 3 MiB of memory at most, whatever is in the file. One thread; owns the file.
/// </summary>
public sealed class HotSegmentReader : IDisposable
{
    private readonly HotMessageReader _messages;

    /// <summary>The dictionaries, a bit each by their numbers, that are maybe not those that the next rows refer to.</summary>
    private uint _unknown;

    private HotSegmentReader(HotMessageReader messages) => _messages = messages;

    /// <summary>The batch that <see cref="TryRead"/> has read last.</summary>
    public HotBatch Batch => _messages.Batch;

    /// <summary>The node whose rows these are; empty where <see cref="IsKnown"/> is false.</summary>
    public string Node => _messages.Node;

    /// <summary>Bytes from the segment's beginning up to the end of the last message that was whole.</summary>
    public long Position => _messages.Position;

    /// <summary>Bytes that the file has now.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public long Length => RandomAccess.GetLength(_messages.File);

    /// <summary>Whether it is of the version that this build writes.</summary>
    internal bool IsCurrent => _messages.Format == HotFormat.Current;

    /// <summary>Where <see cref="Batch"/> begins.</summary>
    internal long BatchPosition => _messages.BatchPosition;

    /// <summary>True when the writer has closed the segment and all of it has been read.</summary>
    public bool IsAtEnd => _messages.IsAtEnd;

    /// <summary>Rows that the batch after <see cref="Position"/> says to have, if its metadata got that far; 0 if nothing can be told.</summary>
    public int TornRows => _messages.TornRows;

    /// <summary>What was damaged between the batch that was read last and the one before; null: nothing.</summary>
    public HotDamage? DamageBefore { get; private set; }

    /// <summary>Whether the file starts as a segment of a version that this build reads.</summary>
    public bool IsKnown => Position > 0;

    /// <summary>Whether the file is a segment of a version that this build can't read.</summary>
    public bool IsOtherVersion => _messages.IsOtherVersion;

    /// <summary>Opens a segment for reading.</summary>
    /// <exception cref="IOException">It can't be read or is gone: an hour that has been sealed has no segments any more.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static HotSegmentReader Open(string path) => Open(RegularFile.Open(path));

    /// <summary>Opens a file whose handle it takes over.</summary>
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

    /// <summary>Goes on to the next batch; false if there is no whole one.</summary>
    /// <exception cref="IOException">The disk can't give it.</exception>
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
                // The dictionary that its rows refer to is damaged: no row is better than one with a wrong name.
                DamageBefore = HotDamage.Of(DamageBefore, Batch.Rows);
            }
        }

        return false;
    }

    /// <summary>Reads the batch at a place where an earlier pass found one, with the dictionaries of that time.</summary>
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
    /// Reads the next whole message behind one that is not, if there is one: then what lies between is damaged. If there is none the
    /// segment ends here, maybe in a message that is still being written.
    /// </summary>
    private HotMessage SkipDamage()
    {
        var (damagedAt, tornRows) = (Position, TornRows);
        var search = new HotMessageSearch(_messages.File, _messages.Format);
        foreach (var place in search.PlacesBehind(damagedAt))
        {
            // A segment grows from its start to its end: with something behind it, what was being written at the first look is whole.
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

using System.Data.Common;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using NetMon.Events;
using NetMon.Events.Columns;

namespace NetMon.Query.Follow;

/// <summary>
/// Converts rows of the relation events back to events. Their times have microsecond resolution, and fields without a column are zero.
/// Not thread-safe.
/// </summary>
internal sealed class StoredEvents
{
    private const int MostShared = 65_536;
    private const uint ConnectionAborted = 103; // include/uapi/asm-generic/errno.h
    private const long NanosecondsPerMicrosecond = 1000;
    private readonly HashSet<ContainerIdentity> _containers = [];
    private readonly HashSet<PeerIdentity> _peers = [];

    /// <summary>The columns that a question must select, in this order.</summary>
    public static string Columns { get; } = string.Join(", ", RelationColumns.OfEventFiles.Select(column => column.Quoted));

    /// <summary>Returns the event of the reader's current row.</summary>
    /// <param name="row">A row of <see cref="Columns"/>.</param>
    /// <param name="node">The node of the event.</param>
    public ConnectionEvent Read(DbDataReader row, out string node)
    {
        node = "";
        var stored = default(ConnectionEvent);
        ContainerIdentity? container = null;
        PeerIdentity? peer = null;
        for (var index = 0; index < EventColumns.All.Count; index++)
        {
            if (row.IsDBNull(index))
            {
                continue;
            }

            switch (EventColumns.All[index])
            {
                case TimeColumn:
                    stored.UnixNanoseconds = (row.GetDateTime(index) - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
                    break;
                case NodeColumn:
                    node = row.GetString(index);
                    break;
                case WordColumn words:
                    Set(ref stored.Record, words, row.GetString(index));
                    break;
                case FlagColumn:
                    stored.Record.Flags |= RecordFlags.Older;
                    break;
                case AddressColumn { Address: var field } address:
                    Set(ref stored.Record, field, IPAddress.Parse(row.GetString(index)).MapToIPv6().GetAddressBytes());
                    stored.Record.Flags |= address.Rows == ColumnRows.Dialed ? RecordFlags.Dialed : RecordFlags.None;
                    break;
                case ProcessColumn { Process: var field }:
                    Set(ref stored.Record, field, Encoding.UTF8.GetBytes(row.GetString(index)));
                    break;
                case NumberColumn { Number: var field } number:
                    var value = number.Type == ColumnType.Int32 ? row.GetInt32(index) : row.GetInt64(index);
                    value *= number.IsStoredInNanoseconds ? NanosecondsPerMicrosecond : 1;
                    Set(ref stored.Record, field, MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in value))[..field.Width]);
                    break;
                case ContainerColumn column:
                    container = column.With(container ?? new ContainerIdentity(""), row.GetString(index));
                    break;
                case PeerColumn column:
                    peer = column.With(peer ?? new PeerIdentity(), row.GetString(index));
                    break;
                default:
                    throw new InvalidOperationException($"{EventColumns.All[index].Name}: events have no such kind of column");
            }
        }

        (stored.Container, stored.Peer) = (Share(_containers, container), Share(_peers, peer));
        return stored;
    }

    /// <summary>Maps equal identities to one object, so that their rendered parts of lines can be reused.</summary>
    private static T? Share<T>(HashSet<T> known, T? identity)
        where T : class
    {
        if (identity is null)
        {
            return null;
        }

        if (known.TryGetValue(identity, out var shared))
        {
            return shared;
        }

        if (known.Count == MostShared)
        {
            known.Clear();
        }

        known.Add(identity);
        return identity;
    }

    /// <summary>Sets a field, padded with zeros or truncated to its width.</summary>
    private static void Set(ref ConnectionRecord record, EventField field, ReadOnlySpan<byte> value)
    {
        var place = MemoryMarshal.AsBytes(new Span<ConnectionRecord>(ref record)).Slice(field.Offset, field.Width);
        value[..Math.Min(value.Length, place.Length)].CopyTo(place);
    }

    private static void Set(ref ConnectionRecord record, WordColumn column, string word)
    {
        var index = column.Words.TakeWhile(known => known != word).Count();
        switch (column.Name)
        {
            case "type":
                record.Kind = (RecordKind)((int)RecordKind.Connect + index);
                break;
            case "direction":
                record.Direction = index == 0 ? Direction.Outbound : Direction.Inbound;
                break;
            case "reason":
                record.CloseReason = (CloseReason)index;
                break;
            case "owner":
                record.Flags |= index == 0 ? RecordFlags.OwnerInferred : RecordFlags.OwnerUnknown;
                break;
            case "result" when index == (int)ConnectResult.Aborted:
                record.Error = ConnectionAborted;
                break;
            case "result" when index == (int)ConnectResult.Other:
                record.Flags |= RecordFlags.ErrorUnknown; // unless followed by its errno
                break;
        }
    }
}

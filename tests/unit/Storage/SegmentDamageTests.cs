using CsCheck;
using NetMon.Events;
using NetMon.Events.Columns;
using NetMon.Storage.Hot;
using Xunit;
using static NetMon.UnitTests.Storage.SegmentRows;

namespace NetMon.UnitTests.Storage;

/// <summary>Segments that are cut, changed or not segments at all: intact rows are read, and the rest is counted.</summary>
public sealed class SegmentDamageTests : IDisposable
{
    private readonly CaptureFolder _capture = new();

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void A_segment_cut_at_any_byte_gives_its_complete_batches()
    {
        var bytes = File.ReadAllBytes(_capture.LeaveSegment(Mixed(5), Mixed(3), Mixed(4)));
        var ends = Ends(bytes);
        Assert.Equal(3, ends.Count);
        var path = Path.Combine(_capture.Path, "cut.arrows");
        for (var length = 0; length <= bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes[..length]);
            using var reader = HotSegmentReader.Open(path);
            var batches = 0;
            while (reader.TryRead())
            {
                batches++;
            }

            Assert.Equal(ends.Count(end => end <= length), batches);
            Assert.True(reader.Position <= length);
        }
    }

    [Fact]
    public void A_flipped_bit_costs_only_its_batch_or_those_of_its_dictionary_and_is_counted()
    {
        ConnectionEvent[][] batches = [.. Enumerable.Range(0, 18).Select(batch => Mixed(20 + 4 * batch))]; // a dictionary before each eighth
        var bytes = File.ReadAllBytes(_capture.LeaveSegment(batches));
        var ends = Ends(bytes);
        Assert.Equal(batches.Length, ends.Count);
        var dictionaries = Dictionaries(bytes, ends);
        Assert.Equal([0, 8, 16], dictionaries.Keys);
        var path = Path.Combine(_capture.Path, "flipped.arrows");
        var counted = 0;
        Gen.Int[8 * HotMessages.MessageLength(bytes), 8 * (int)ends[^1] - 1].Sample(
            bit =>
            {
                var flipped = bytes.ToArray();
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                File.WriteAllBytes(path, flipped);
                var first = ends.FindIndex(end => end > bit / 8);
                var last = dictionaries.TryGetValue(first, out var end) && bit / 8 < end ? Math.Min(first + 7, batches.Length - 1) : first;
                using var reader = HotSegmentReader.Open(path);
                var read = Read(reader, out var damages);

                Assert.True(Lines(batches.Where((_, batch) => batch < first || batch > last).SelectMany(events => events)).SequenceEqual(read), $"bit {bit}, in batch {first}: {read.Count} rows read");
                if (first < batches.Length - 1)
                {
                    Assert.True(damages.Count == 1, $"bit {bit}: {damages.Count} damages");
                    Assert.True(damages[0].Rows is null || damages[0].Rows == batches[first..(last + 1)].Sum(batch => batch.Length), $"bit {bit}: {damages[0].Rows} rows counted");
                    counted += damages[0].Rows is not null ? 1 : 0;
                }
            },
            iter: 2000, threads: 1);
        Assert.InRange(counted, 1000, 2000);
    }

    [Fact]
    public void A_flipped_bit_in_the_schema_costs_the_segment_or_a_letter_of_a_name()
    {
        var bytes = File.ReadAllBytes(_capture.LeaveSegment(Mixed(5)));
        var path = Path.Combine(_capture.Path, "flipped.arrows");
        var texts = 0;
        for (var bit = 0; bit < 8 * HotMessages.MessageLength(bytes); bit++)
        {
            var flipped = bytes.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, flipped);
            using var reader = HotSegmentReader.Open(path);
            texts += reader.TryRead() ? 1 : 0;
        }

        Assert.InRange(texts, 0, 8 * ("node-1".Length + CaptureFolder.BootId.Length));
    }

    [Fact]
    public void Garbage_is_not_a_segment_and_allocates_no_memory() => Gen.Byte.Array[0, 5000].Sample(
        garbage =>
        {
            var path = Path.Combine(Directory.CreateDirectory(_capture.Path).FullName, "garbage.arrows");
            byte[] start = garbage.Length % 3 == 0 ? [] : [0xff, 0xff, 0xff, 0xff, .. BitConverter.GetBytes(garbage.Length % 5 == 0 ? int.MaxValue : garbage.Length / 8 * 8)];
            File.WriteAllBytes(path, [.. start, .. garbage]);
            var before = GC.GetAllocatedBytesForCurrentThread();
            using var reader = HotSegmentReader.Open(path);
            Assert.False(reader.TryRead());
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        },
        iter: 300, threads: 1);

    [Fact]
    public void A_hostile_batch_with_a_valid_checksum_is_refused()
    {
        var bytes = File.ReadAllBytes(_capture.LeaveSegment(Mixed(5)));
        var at = HotMessages.MessageLength(bytes);
        foreach (var dictionary in HotFormat.Current.Messages.Dictionaries)
        {
            at += (int)(dictionary.Length + dictionary.BodyLength(bytes.AsSpan(at)));
        }

        var (batch, layout) = (HotFormat.Current.Messages.Batch, HotFormat.Current.Layout);
        var length = batch.Length + layout.BodyLength(5);
        foreach (var (offset, value) in new[]
        {
            (batch.Length + layout.Column(HotFormat.Current.Columns.ColumnOf(HotColumns.Containers), 5), (byte)0xff), // an index beyond the dictionary
            (batch.Length + layout.Column(HotFormat.Current.Columns.ColumnOf(HotColumns.Peers), 5), (byte)0xff),
            (batch.Length + layout.Column(HotColumns.IndexOf(EventFields.Kind), 5), (byte)9), // no such kind
        })
        {
            var hostile = bytes.ToArray();
            hostile.AsSpan(at + offset, 2).Fill(value);
            MessageTrailer.Write(hostile.AsSpan(at, length));
            var path = Path.Combine(_capture.Path, "hostile.arrows");
            File.WriteAllBytes(path, hostile);
            using var reader = HotSegmentReader.Open(path);
            Assert.False(reader.TryRead());
        }
    }

    /// <summary>The end of each batch, by the reader.</summary>
    private List<long> Ends(byte[] bytes)
    {
        var path = Path.Combine(_capture.Path, "whole.arrows");
        File.WriteAllBytes(path, bytes);
        using var reader = HotSegmentReader.Open(path);
        var ends = new List<long>();
        while (reader.TryRead())
        {
            ends.Add(reader.Position);
        }

        return ends;
    }

    /// <summary>The batches with a dictionary before them, and where the dictionary ends.</summary>
    private static SortedDictionary<int, long> Dictionaries(byte[] bytes, List<long> ends)
    {
        var found = new SortedDictionary<int, long>();
        for (var batch = 0; batch < ends.Count; batch++)
        {
            var at = batch == 0 ? HotMessages.MessageLength(bytes) : (int)ends[batch - 1];
            foreach (var template in HotFormat.Current.Messages.Dictionaries.Where(template => HotMessages.MessageLength(bytes.AsSpan(at)) == template.Length))
            {
                at += (int)(template.Length + template.BodyLength(bytes.AsSpan(at)));
                found[batch] = at;
            }
        }

        return found;
    }
}

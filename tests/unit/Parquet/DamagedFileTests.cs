using NetMon.Parquet.Reading;
using Xunit;

namespace NetMon.UnitTests.Parquet;

/// <summary>However a file is damaged, a reader returns right values or refuses the file, without delay and within its memory limit.</summary>
public sealed class DamagedFileTests : IDisposable
{
    private const int Flips = 2000;

    /// <summary>Allocation limit for one read of a file of about 100 kB; trusting a corrupt length would exceed it.</summary>
    private const long MostBytes = 64 << 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("netmon-parquet-").FullName;
    private readonly ColumnReader _reader = new();

    private string Path => System.IO.Path.Combine(_folder, "a.parquet");

    public void Dispose()
    {
        _reader.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_flipped_bit_never_gives_a_wrong_value()
    {
        SampleFile.Write(Path, 400, groups: 2, seed: 5);
        var whole = File.ReadAllBytes(Path);
        var expected = Read();
        var random = new Random(11);
        var (refused, unnoticed) = (0, 0);
        for (var flip = 0; flip < Flips; flip++)
        {
            var bit = random.Next(8 * whole.Length);
            Flip(bit);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var found = Read();
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostBytes, $"bit {bit} takes memory");
            for (var part = 0; part < expected.Count; part++)
            {
                if (found[part] is null)
                {
                    refused++;
                }
                else
                {
                    Assert.True(expected[part]!.SequenceEqual(found[part]!), $"bit {bit} changes part {part}");
                }
            }

            unnoticed += IsVerified() ? 1 : 0;
            Flip(bit);
        }

        Assert.True(refused >= Flips, $"{refused} refused");
        Assert.Equal(0, unnoticed);
    }

    [Fact]
    public void A_file_cut_at_any_byte_is_refused()
    {
        SampleFile.Write(Path, 20, groups: 1, seed: 5);
        var whole = File.ReadAllBytes(Path);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(Path, whole.AsSpan(0, length));
            Assert.Throws<DamagedFileException>(() => SampleFile.Open(Path));
        }
    }

    [Fact]
    public void Random_bytes_instead_of_a_footer_are_refused()
    {
        SampleFile.Write(Path, 20, groups: 1, seed: 5);
        var whole = File.ReadAllBytes(Path);
        var footer = BitConverter.ToInt32(whole, whole.Length - 8);
        var random = new Random(3);
        for (var n = 0; n < Flips; n++)
        {
            random.NextBytes(whole.AsSpan(whole.Length - 8 - footer, n % footer));
            File.WriteAllBytes(Path, whole);
            var before = GC.GetAllocatedBytesForCurrentThread();
            if (n % footer > 0)
            {
                Assert.Throws<DamagedFileException>(() => SampleFile.Open(Path));
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostBytes);
        }
    }

    [Fact]
    public void Anything_but_a_Parquet_file_is_refused()
    {
        Assert.Throws<DamagedFileException>(() => ParquetFile.Open(File.OpenHandle("/dev/null")));
        File.WriteAllText(Path, "PAR1 and so on PAR1");
        Assert.Throws<DamagedFileException>(() => SampleFile.Open(Path));
    }

    private void Flip(int bit)
    {
        using var file = File.OpenHandle(Path, FileMode.Open, FileAccess.ReadWrite);
        Span<byte> one = stackalloc byte[1];
        RandomAccess.Read(file, one, bit / 8);
        one[0] ^= (byte)(1 << (bit % 8));
        RandomAccess.Write(file, one, bit / 8);
    }

    /// <summary>Each column of each row group; null: refused.</summary>
    private List<List<object?>?> Read()
    {
        List<List<object?>?> parts = [];
        try
        {
            using var file = SampleFile.Open(Path);
            for (var part = 0; part < 2 * SampleFile.Columns.Length; part++)
            {
                try
                {
                    parts.Add(SampleFile.Values(_reader, file, part / SampleFile.Columns.Length, part % SampleFile.Columns.Length));
                }
                catch (DamagedFileException)
                {
                    parts.Add(null);
                }
            }
        }
        catch (DamagedFileException)
        {
            parts.AddRange(new List<object?>?[2 * SampleFile.Columns.Length]);
        }

        return parts;
    }

    private bool IsVerified()
    {
        try
        {
            using var file = SampleFile.Open(Path);
            file.Verify(0);
            file.Verify(1);
            return true;
        }
        catch (DamagedFileException)
        {
            return false;
        }
    }
}

using System.Security.Cryptography;
using NetMon.Uploader;
using Xunit;

namespace NetMon.UnitTests.Uploader;

#pragma warning disable CA5351 // MD5 is what S3 has as its entity tag.
public sealed class FileDigestTests : IDisposable
{
    private const int Part = 8 << 20;
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(Part - 1, 1)]
    [InlineData(Part, 1)]
    [InlineData(Part + 1, 2)]
    [InlineData(2 * Part, 2)]
    [InlineData(2 * Part + 12345, 3)]
    public void A_digest_covers_the_bytes_and_the_parts_of_a_file(int length, int parts)
    {
        var bytes = Write(length);
        var digest = Digest();
        Assert.Equal((length, parts), (digest.Bytes, digest.Parts.Count));
        Assert.Equal(SHA256.HashData(bytes), digest.Sha256);
        var position = 0L;
        foreach (var (index, part) in digest.Parts.Index())
        {
            Assert.Equal((index + 1, position), (part.Number, part.Start));
            var content = bytes.AsSpan((int)part.Start, (int)part.Bytes);
            Assert.Equal(SHA256.HashData(content), part.Sha256);
            Assert.Equal(MD5.HashData(content), part.Md5);
            position += part.Bytes;
        }

        Assert.Equal(length, position);
    }

    [Fact]
    public void Digests_match_those_that_S3_may_return()
    {
        var bytes = Write(Part + 3);
        byte[][] parts = [bytes[..Part], bytes[Part..]];
        var composite = Convert.ToBase64String(SHA256.HashData([.. parts.SelectMany(SHA256.HashData)]));
        var digest = Digest();
        Assert.Equal([Convert.ToBase64String(SHA256.HashData(bytes)), $"{composite}-2", composite], digest.Sha256Texts);
        Assert.Equal([Convert.ToHexStringLower(MD5.HashData(bytes)), $"{Convert.ToHexStringLower(MD5.HashData([.. parts.SelectMany(MD5.HashData)]))}-2"], digest.EntityTags);
    }

    [Fact]
    public void Digests_of_an_empty_file_are_the_known_ones()
    {
        var digest = Digest();
        Assert.Equal("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", digest.Sha256Texts.First());
        Assert.Equal("d41d8cd98f00b204e9800998ecf8427e", digest.EntityTags.First());
        Assert.Equal("1B2M2Y8AsgTpgAmY7PhCfg==", Assert.Single(digest.Parts).Md5Text);
    }

    [Fact]
    public void Reading_can_be_cancelled()
    {
        Write(1);
        using var file = File.OpenHandle(_file);
        Assert.Throws<OperationCanceledException>(() => FileDigest.Of(file, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void A_stored_object_matches_the_file_by_any_digest_of_the_server()
    {
        Write(Part + 3);
        var digest = Digest();
        Assert.All(digest.Sha256Texts, sha256 => Assert.True(new StoredObject(digest.Bytes, "other", sha256).Is(digest)));
        Assert.All(digest.EntityTags, tag => Assert.True(new StoredObject(digest.Bytes, tag.ToUpperInvariant(), null).Is(digest)));
        Assert.False(new StoredObject(digest.Bytes - 1, digest.EntityTags.First(), digest.Sha256Texts.First()).Is(digest));
        Assert.False(new StoredObject(digest.Bytes, digest.EntityTags.First(), "AAAA").Is(digest)); // SHA-256 takes precedence over an MD5
        Assert.Null(new StoredObject(digest.Bytes, "0123", null).Is(digest)); // an encrypted object's tag
        Assert.Null(new StoredObject(digest.Bytes, null, "").Is(digest));
    }

    [Fact]
    public void A_stored_part_matches_by_its_own_digests_only()
    {
        Write(Part + 3);
        var digest = Digest();
        var (first, second) = (digest.Parts[0], digest.Parts[1]);
        Assert.True(new StoredObject(Part, first.EntityTag, null).Is(first));
        Assert.True(new StoredObject(3, null, second.Sha256Text).Is(second));
        Assert.False(new StoredObject(Part, second.EntityTag, null).Is(second));
        Assert.Null(new StoredObject(3, first.EntityTag, null).Is(second));
    }

    private byte[] Write(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        File.WriteAllBytes(_file, bytes);
        return bytes;
    }

    private FileDigest Digest()
    {
        using var file = File.OpenHandle(_file);
        return FileDigest.Of(file, CancellationToken.None);
    }
}

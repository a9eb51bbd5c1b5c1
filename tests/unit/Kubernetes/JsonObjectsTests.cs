using System.Text;
using CsCheck;
using NetMon.Kubernetes.Json;
using Xunit;

namespace NetMon.UnitTests.Kubernetes;

/// <summary>A JSON stream gives the same objects, however it is split into pieces.</summary>
public sealed class JsonObjectsTests
{
    private const int Most = 64 * 1024;

    [Fact]
    public async Task Items_and_metadata_of_a_list_are_complete_for_any_piece_size()
    {
        const string List = """  {"kind":"items","metadata":{"resourceVersion":"5","continue":""},"other":{"items":[{"no":1}],"metadata":{"no":2}},"metadatax":{"no":4},"items": [{"a":"}]{\"\\"},{"b":[{"c":{}}]} , {}],"more":[{"no":3}]}  """;
        for (var size = 1; size < 70; size++)
        {
            Assert.Equal(["M{\"resourceVersion\":\"5\",\"continue\":\"\"}", "{\"a\":\"}]{\\\"\\\\\"}", "{\"b\":[{\"c\":{}}]}", "{}"], await ReadAsync(List, isList: true, size));
        }
    }

    [Fact]
    public async Task Events_of_a_watch_are_complete_for_any_piece_size()
    {
        const string Stream = "{\"type\":\"ADDED\",\"object\":{\"x\":\"\\u007b\"}}\n{\"type\":\"BOOKMARK\"}\r\n\n{}";
        for (var size = 1; size < 50; size++)
        {
            Assert.Equal(["{\"type\":\"ADDED\",\"object\":{\"x\":\"\\u007b\"}}", "{\"type\":\"BOOKMARK\"}", "{}"], await ReadAsync(Stream, isList: false, size));
        }
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(4096)]
    [InlineData(100_000)]
    public async Task An_oversized_object_is_truncated_and_the_next_is_complete(int size)
    {
        var large = $"{{\"name\":\"large\",\"more\":\"{new string('x', 200_000)}\",\"deep\":[{{}}]}}";
        var read = await ReadAsync($"{{\"a\":1}}{large}{{\"b\":{new string('1', 20_000)}}}{large}{{\"c\":3}}", isList: false, size);
        Assert.Equal(["{\"a\":1}", "C" + large[..JsonObjects.PrefixBytes], $"{{\"b\":{new string('1', 20_000)}}}", "C" + large[..JsonObjects.PrefixBytes], "{\"c\":3}"], read);
    }

    [Theory]
    [InlineData("[1]", false)]
    [InlineData("{} x", false)]
    [InlineData("{}{}", true)]
    [InlineData("null", true)]
    public async Task Anything_but_an_object_is_refused(string text, bool isList) => await Assert.ThrowsAsync<FormatException>(() => ReadAsync(text, isList, 3));

    [Theory]
    [InlineData("", true, false)]
    [InlineData("", false, true)]
    [InlineData("{\"items\":[{}]", true, false)]
    [InlineData("{\"items\":[{}]}", true, true)]
    [InlineData("{}{\"a\":", false, false)]
    public async Task The_reader_knows_whether_the_stream_may_end(string text, bool isList, bool isComplete)
    {
        var objects = new JsonObjects(new MemoryStream(Encoding.UTF8.GetBytes(text)), isList, Most);
        do
        {
            while (objects.TryRead(out _))
            {
            }
        }
        while (await objects.FillAsync(TestContext.Current.CancellationToken));

        Assert.Equal(isComplete, objects.IsComplete);
    }

    [Fact]
    public void Any_objects_in_any_pieces_are_returned_unchanged() => Gen.Select(
        Gen.String[Gen.Char[" {}[]\"\\:,ax"], 0, 60].Array[0, 8], Gen.Int[1, 40]).Sample((texts, size) =>
        {
            var objects = texts.Select(text => $"{{{System.Text.Json.JsonSerializer.Serialize(text)}:[{{\"v\":{System.Text.Json.JsonSerializer.Serialize(text)}}}]}}").ToArray();
            var list = ReadAsync($"{{\"items\":[{string.Join(',', objects)}]}}", isList: true, size).GetAwaiter().GetResult();
            var stream = ReadAsync(string.Join('\n', objects), isList: false, size).GetAwaiter().GetResult();
            return objects.SequenceEqual(list) && objects.SequenceEqual(stream);
        });

    private static async Task<List<string>> ReadAsync(string text, bool isList, int piece)
    {
        using var stream = new PieceStream(Encoding.UTF8.GetBytes(text), piece);
        var objects = new JsonObjects(stream, isList, Most);
        var read = new List<string>();
        do
        {
            while (objects.TryRead(out var found))
            {
                read.Add((found.IsMetadata ? "M" : found.IsCut ? "C" : "") + Encoding.UTF8.GetString(found.Bytes.Span));
            }
        }
        while (await objects.FillAsync(TestContext.Current.CancellationToken));

        return read;
    }
}

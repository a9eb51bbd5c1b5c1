using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Query;

/// <summary>The message of netmon-query for a bucket that can't be read: one line, with advice.</summary>
public sealed class BucketRefusalTests : IAsyncLifetime
{
    private readonly CaptureFolder _capture = new();
    private BucketServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        var sink = _capture.Open();
        sink.Write([Sample.Accept(Sample.Hour19)]);
        sink.Close();
        _server = await BucketServer.StartAsync(_capture.Path);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _capture.Dispose();
    }

    [Theory]
    [InlineData("s3://nowhere/x", "no bucket nowhere at http://127.0.0.1:", "correct --capture")]
    [InlineData("s3://bucket/cluster-2", "s3://bucket/cluster-2 has no events/ and no rollup/ folder", "netmon run --archive")]
    public async Task A_wrong_location_is_reported(string capture, params string[] words) => AssertRefused(await Ask(capture, BucketServer.Environment(_server.Url)), 1, words);

    [Theory]
    [InlineData("AccessDenied", "denies access (AccessDenied: says the server)", "s3:ListBucket and s3:GetObject in s3://bucket/cluster-1")]
    [InlineData("InvalidAccessKeyId", "rejects these credentials (InvalidAccessKeyId", "AWS_ACCESS_KEY_ID")]
    public async Task A_refusal_by_the_server_is_reported_with_the_required_permission(string code, params string[] words)
    {
        _server.Refusal = code;
        AssertRefused(await Ask(BucketServer.Capture, BucketServer.Environment(_server.Url)), 1, words);
    }

    [Fact]
    public async Task An_unreachable_server_and_missing_credentials_are_reported()
    {
        AssertRefused(await Ask(BucketServer.Capture, BucketServer.Environment("http://127.0.0.1:1")), 1, "http://127.0.0.1:1 can't be reached (Connection refused)", "AWS_ENDPOINT_URL");
        var without = BucketServer.Environment(_server.Url);
        without["AWS_ACCESS_KEY_ID"] = without["AWS_SECRET_ACCESS_KEY"] = "";
        without["HOME"] = _capture.Path;
        AssertRefused(await Ask(BucketServer.Capture, without), 1, "no credentials for http://127.0.0.1:", "set AWS_ACCESS_KEY_ID");
    }

    [Theory]
    [InlineData("s3://x", "1GiB", "expected s3://BUCKET")]
    [InlineData("s3://bucket", "much", "--cache-bytes much: expected a size")]
    public async Task Wrong_usage_is_refused_with_advice(string capture, string bytes, string words) =>
        AssertRefused(await Ask(capture, BucketServer.Environment(_server.Url), "--cache-bytes", bytes), 2, words);

    [Fact]
    public void Nothing_needs_the_library_that_the_image_of_queries_lacks() =>
        Assert.DoesNotContain(typeof(NetMon.Query.Answer).Assembly.GetReferencedAssemblies(), assembly => assembly.Name!.StartsWith("System.Security.Cryptography", StringComparison.Ordinal));

    private Task<ProgramOutput> Ask(string capture, Dictionary<string, string> variables, params string[] more) =>
        ProgramOutput.Of("netmon-query", variables, ["--capture", capture, "--cache", Path.Combine(_capture.Path, "cache"), .. more, "SELECT 1"]);

    private static void AssertRefused(ProgramOutput result, int exitCode, params string[] words)
    {
        Assert.Equal((exitCode, ""), (result.ExitCode, result.Output));
        Assert.All(words, word => Assert.Contains(word, result.Error, StringComparison.Ordinal));
        Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain("secret", result.Error, StringComparison.Ordinal);
    }
}

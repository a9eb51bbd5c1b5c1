using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using NetMon.Storage.Uploads;
using NetMon.Uploader;
using Xunit;

namespace NetMon.UnitTests.Uploader;

public sealed class ExplanationTests
{
    private const string Where = "http://127.0.0.1:9000";
    private static readonly UploadTarget Target = new("bucket", "prefix");

    public static TheoryData<Exception, string> OfTheServer => new()
    {
        { Service("NoSuchBucket", 404), $"no bucket bucket at {Where}" },
        { Service("InvalidAccessKeyId", 403), "rejects these credentials (InvalidAccessKeyId: what it says)" },
        { Service("SignatureDoesNotMatch", 403), "rejects these credentials" },
        { Service("ExpiredToken", 400), "rejects these credentials" },
        { Service("AccessDenied", 403), "s3:PutObject" },
        { Service("AccessDenied", 403), "in s3://bucket/prefix" },
        { Service("InternalError", 500), $"{Where} answers 500 InternalError: what it says" },
        { new OperationCanceledException(), "did not answer in time" },
        { new TimeoutException(), "did not answer in time" },
        { new AmazonClientException("Failed to resolve AWS credentials."), "no credentials" },
        { new AmazonClientException("No RegionEndpoint or ServiceURL configured"), "no region" },
        { new HttpRequestException("outer", new SocketException((int)SocketError.ConnectionRefused)), "can't be reached (Connection refused)" },
    };

    [Theory]
    [MemberData(nameof(OfTheServer))]
    public void Server_and_network_errors_affect_all_files(Exception failure, string expected)
    {
        Assert.True(Explanation.Knows(failure));
        var told = Explanation.Of(failure, Target, Where, "events/a.parquet", Purpose.Upload);
        Assert.Contains(expected, told.Message, StringComparison.Ordinal);
        Assert.True(told.ConcernsAll);
        Assert.Same(failure, told.InnerException);
    }

    [Fact]
    public void Disk_errors_affect_one_file()
    {
        var told = Explanation.Of(new FileNotFoundException("gone"), Target, Where, "events/a.parquet", Purpose.Upload);
        Assert.Equal("events/a.parquet can't be read or marked in archived/: gone", told.Message);
        Assert.False(told.ConcernsAll);
        Assert.False(Explanation.Of(new UnauthorizedAccessException("no"), Target, Where, "p", Purpose.Upload).ConcernsAll);
    }

    [Fact]
    public void A_connection_that_breaks_during_a_read_is_a_network_error() =>
        Assert.True(Explanation.Of(new HttpIOException(HttpRequestError.ResponseEnded, "torn"), Target, Where, "p", Purpose.Upload).ConcernsAll);

    [Fact]
    public void An_existing_explanation_is_kept()
    {
        var told = new UploadException("known", concernsAll: false);
        Assert.Same(told, Explanation.Of(told, Target, Where, "p", Purpose.Upload));
    }

    [Fact]
    public void A_bug_in_the_program_is_not_explained()
    {
        Assert.False(Explanation.Knows(new InvalidOperationException()));
        Assert.False(Explanation.Knows(new ArgumentException("x")));
    }

    private static AmazonServiceException Service(string code, int status) =>
        new("what it says", null, ErrorType.Sender, code, "request-1", (HttpStatusCode)status);
}

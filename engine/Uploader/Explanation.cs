using System.Net.Sockets;
using Amazon.Runtime;
using NetMon.Storage.Uploads;

namespace NetMon.Uploader;

/// <summary>Explains why an upload or a download failed, and how to fix it.</summary>
internal static class Explanation
{
    private static readonly string[] BadCredentials =
        ["InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "InvalidClientTokenId", "TokenRefreshRequired", "AuthFailure", "Unauthorized"];

    /// <summary>Whether the failure comes from the network, the server or the disk, rather than from a bug.</summary>
    public static bool Knows(Exception failure) =>
        failure is UploadException or AmazonServiceException or AmazonClientException or HttpRequestException or IOException or UnauthorizedAccessException or TimeoutException or OperationCanceledException or SocketException;

    /// <summary>Returns the explanation of a failure.</summary>
    public static UploadException Of(Exception failure, UploadTarget target, string where, string path, Purpose purpose) => failure switch
    {
        UploadException known => known,
        AmazonServiceException { ErrorCode: "NoSuchBucket" } => All($"no bucket {target.Bucket} at {where}: {(purpose == Purpose.Upload ? "create it, or correct" : "correct")} {purpose.Option}", failure),
        AmazonServiceException { ErrorCode: { } code } e when BadCredentials.Contains(code) => All(
            $"{where} rejects these credentials ({code}: {e.Message}): check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_REGION, or the role that this node or pod has", failure),
        AmazonServiceException e when (int)e.StatusCode is 401 or 403 => All(
            $"{where} denies access ({e.ErrorCode}: {e.Message}): the credentials need {purpose.Rights} in {target}", failure),
        AmazonServiceException e when e.StatusCode != 0 => All($"{where} answers {(int)e.StatusCode} {e.ErrorCode}: {e.Message}", failure),
        OperationCanceledException or TimeoutException => All($"{where} did not answer in time", failure),
        IOException or UnauthorizedAccessException when failure is not HttpIOException => new UploadException($"{path} can't be read or marked in archived/: {failure.Message}", concernsAll: false, failure),
        AmazonClientException when IsAbout(failure, "credential") => All(
            $"no credentials for {where}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this node or pod a role (checked the environment, web identity, ~/.aws and the instance's role)", failure),
        AmazonClientException when IsAbout(failure, "region") => All("no region: set AWS_REGION, or AWS_ENDPOINT_URL for your own server", failure),
        _ => All($"{where} can't be reached ({Innermost(failure).Message}): check AWS_ENDPOINT_URL and the network", failure),
    };

    private static UploadException All(string message, Exception cause) => new(message, concernsAll: true, cause);

    private static bool IsAbout(Exception failure, string word) => failure.Message.Contains(word, StringComparison.OrdinalIgnoreCase);

    private static Exception Innermost(Exception failure) => failure.InnerException is { } inner ? Innermost(inner) : failure;
}

using System.Net;
using Amazon.Runtime;
using NetMon.Storage.Uploads;

namespace NetMon.Uploader.Fetch;

/// <summary>Classifies failures of downloads: temporary, of one object, or of all. Stateless and thread-safe.</summary>
internal sealed class FetchFailures(UploadTarget target, string where)
{
    /// <summary>Whether a retry may succeed.</summary>
    public static bool MayPass(Exception failure) => failure switch
    {
        AmazonServiceException e when e.StatusCode != 0 => (int)e.StatusCode is >= 500 or 429,
        AmazonServiceException or HttpRequestException or IOException or CutOffException => true,
        _ when IsOfBytes(failure) => true,
        _ => false,
    };

    /// <summary>Returns why one object is not available; null if the failure affects all.</summary>
    public static string? OfObject(Exception failure) => failure switch
    {
        CutOffException e => e.Message,
        IOException e => $"it was cut off: {e.Message}",
        _ when IsOfBytes(failure) => "its content does not match its entity tag: something between the server and this machine changes it",
        AmazonServiceException { StatusCode: HttpStatusCode.NotFound, ErrorCode: not "NoSuchBucket" } => "it was removed from the bucket after it was listed",
        AmazonServiceException { StatusCode: HttpStatusCode.PreconditionFailed } => "it was replaced in the bucket after it was listed",
        AmazonServiceException { ErrorCode: "InvalidObjectState" } => "its storage class does not allow direct reads: restore it first",
        _ => null,
    };

    /// <summary>Whether the library has found that an object's MD5 differs from its entity tag, for which it has no error code.</summary>
    private static bool IsOfBytes(Exception failure) => failure is AmazonClientException && failure.Message.Contains("hash", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns the explanation of a failure that affects all objects.</summary>
    public string OfAll(Exception failure) => Explanation.Of(failure is IOException ? new HttpRequestException(failure.Message, failure) : failure, target, where, "", Purpose.Query).Message;
}

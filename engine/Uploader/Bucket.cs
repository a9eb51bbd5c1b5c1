using System.Net;
using Amazon.Runtime;
using Amazon.RuntimeDependencies;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SecurityToken;
using Microsoft.Win32.SafeHandles;
using NetMon.Storage.Uploads;

namespace NetMon.Uploader;

/// <summary>
/// The bucket, accessed through the AWS library, which finds region, endpoint and credentials as AWS tools do. Calls are not retried; callers decide when to
/// retry. Throws <see cref="AmazonClientException"/>, <see cref="AmazonServiceException"/>, <see cref="HttpRequestException"/>,
/// <see cref="TimeoutException"/> or <see cref="OperationCanceledException"/>.
/// </summary>
internal sealed class Bucket : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private readonly UploadTarget _target;
    private readonly AmazonS3Client _client;
    private readonly long _bytesPerSecond;

    /// <param name="target">The bucket.</param>
    /// <param name="endpoint">The server.</param>
    /// <param name="callTimeout">The timeout of a call without an answer.</param>
    /// <param name="bytesPerSecond">The maximum bandwidth of uploads.</param>
    public Bucket(UploadTarget target, Endpoint endpoint, TimeSpan callTimeout, long bytesPerSecond)
    {
        // Registers web identity roles, as Kubernetes gives them to pods, without reflection.
        GlobalRuntimeDependencyRegistry.Instance.RegisterSecurityTokenServiceClient(context => new AmazonSecurityTokenServiceClient(
            new AnonymousAWSCredentials(), new AmazonSecurityTokenServiceConfig { RegionEndpoint = context.SecurityTokenServiceClientContextData.Region }));
        (_target, _bytesPerSecond) = (target, bytesPerSecond);
        var config = new AmazonS3Config
        {
            Timeout = callTimeout,
            ConnectTimeout = ConnectTimeout,
            MaxErrorRetry = 0,
            // Checksums that the library adds itself are sent as trailers, which some servers store as a part of the object.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (endpoint.Address is { } address)
        {
            config.ServiceURL = address;
            config.AuthenticationRegion = Environment.GetEnvironmentVariable("AWS_REGION") ?? Environment.GetEnvironmentVariable("AWS_DEFAULT_REGION") ?? "us-east-1";
            config.ForcePathStyle = true; // bucket.127.0.0.1 is not a valid name, and private servers rarely have DNS names for buckets
        }

        _client = new AmazonS3Client(config);
    }

    /// <summary>Returns what the server knows of an object; null if it does not exist, as far as these credentials can see.</summary>
    public async Task<StoredObject?> LookAsync(string key, CancellationToken stop)
    {
        try
        {
            var head = await _client.GetObjectMetadataAsync(
                new GetObjectMetadataRequest { BucketName = _target.Bucket, Key = key, ChecksumMode = ChecksumMode.ENABLED }, stop).ConfigureAwait(false);
            return new StoredObject(head.ContentLength, head.ETag?.Trim('"'), head.ChecksumSHA256);
        }
        catch (AmazonServiceException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (AmazonServiceException e) when (e.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.BadRequest)
        {
            // The answer to HEAD has no message. A listing has one, or shows, if permitted, that the object does not exist.
            var listed = await _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _target.Bucket, Prefix = key, MaxKeys = 1 }, stop).ConfigureAwait(false);
            return listed.S3Objects?.Find(found => found.Key == key) is { } found ? new StoredObject(found.Size ?? -1, found.ETag?.Trim('"'), null) : null;
        }
    }

    /// <summary>Uploads a file in one part; the server verifies its MD5 and SHA-256.</summary>
    public Task PutAsync(string key, SafeFileHandle file, FileDigest digest, CancellationToken stop) => _client.PutObjectAsync(
        new PutObjectRequest
        {
            BucketName = _target.Bucket,
            Key = key,
            InputStream = new PacedStream(file, 0, digest.Bytes, _bytesPerSecond),
            UseChunkEncoding = false,
            MD5Digest = digest.Parts[0].Md5Text,
            ChecksumSHA256 = digest.Parts[0].Sha256Text,
        },
        stop);

    /// <summary>Returns the latest incomplete upload of a key, and aborts older ones; null if there is none or the server does not list them.</summary>
    public async Task<string?> FindBegunAsync(string key, CancellationToken stop)
    {
        try
        {
            var listed = await _client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = _target.Bucket, Prefix = key }, stop).ConfigureAwait(false);
            var begun = (listed.MultipartUploads ?? []).Where(upload => upload.Key == key).OrderByDescending(upload => upload.Initiated).ToList();
            foreach (var older in begun.Skip(1))
            {
                await AbandonAsync(key, older.UploadId, stop).ConfigureAwait(false);
            }

            return begun.FirstOrDefault()?.UploadId;
        }
        catch (AmazonServiceException e) when (IsRefusal(e))
        {
            return null;
        }
    }

    public async Task<string> BeginAsync(string key, CancellationToken stop) => (await _client.InitiateMultipartUploadAsync(
        new InitiateMultipartUploadRequest { BucketName = _target.Bucket, Key = key, ChecksumAlgorithm = ChecksumAlgorithm.SHA256 }, stop).ConfigureAwait(false)).UploadId;

    /// <summary>Returns the parts that the server has, by number; empty if the upload does not exist or the server does not list them.</summary>
    public async Task<Dictionary<int, StoredObject>> PartsAsync(string key, string upload, CancellationToken stop)
    {
        var parts = new Dictionary<int, StoredObject>();
        try
        {
            string? after = null;
            do
            {
                var listed = await _client.ListPartsAsync(
                    new ListPartsRequest { BucketName = _target.Bucket, Key = key, UploadId = upload, PartNumberMarker = after }, stop).ConfigureAwait(false);
                foreach (var part in listed.Parts ?? [])
                {
                    parts[part.PartNumber ?? 0] = new StoredObject(part.Size ?? -1, part.ETag?.Trim('"'), part.ChecksumSHA256);
                }

                var next = listed.NextPartNumberMarker?.ToString(System.Globalization.CultureInfo.InvariantCulture);
                after = listed.IsTruncated == true && next != after ? next : null;
            }
            while (after is not null);
        }
        catch (AmazonServiceException e) when (IsRefusal(e))
        {
            // All parts are uploaded again.
        }

        return parts;
    }

    /// <summary>Uploads a part; returns its entity tag.</summary>
    public async Task<string> PutPartAsync(string key, string upload, SafeFileHandle file, PartDigest part, CancellationToken stop) => (await _client.UploadPartAsync(
        new UploadPartRequest
        {
            BucketName = _target.Bucket,
            Key = key,
            UploadId = upload,
            PartNumber = part.Number,
            PartSize = part.Bytes,
            InputStream = new PacedStream(file, part.Start, part.Bytes, _bytesPerSecond),
            UseChunkEncoding = false,
            MD5Digest = part.Md5Text,
            ChecksumSHA256 = part.Sha256Text,
        },
        stop).ConfigureAwait(false)).ETag;

    /// <summary>Completes an upload from its parts.</summary>
    public Task CompleteAsync(string key, string upload, IEnumerable<(PartDigest Part, string EntityTag)> parts, CancellationToken stop) => _client.CompleteMultipartUploadAsync(
        new CompleteMultipartUploadRequest
        {
            BucketName = _target.Bucket,
            Key = key,
            UploadId = upload,
            PartETags = [.. parts.Select(part => new PartETag(part.Part.Number, part.EntityTag) { ChecksumSHA256 = part.Part.Sha256Text })],
        },
        stop);

    /// <summary>Aborts an incomplete upload, if it exists and this is permitted.</summary>
    public Task AbandonAsync(string key, string upload, CancellationToken stop) =>
        TryAsync(_client.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = _target.Bucket, Key = key, UploadId = upload }, stop));

    /// <summary>Removes an object that this program has just uploaded incorrectly, if permitted.</summary>
    public Task RemoveAsync(string key, CancellationToken stop) =>
        TryAsync(_client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = _target.Bucket, Key = key }, stop));

    /// <summary>Reads an object; the caller must dispose the stream.</summary>
    public async Task<Stream> ReadAsync(string key, CancellationToken stop) =>
        (await _client.GetObjectAsync(new GetObjectRequest { BucketName = _target.Bucket, Key = key }, stop).ConfigureAwait(false)).ResponseStream;

    /// <summary>Starts reading an object from an offset, provided that its entity tag is unchanged; the caller must dispose the response.</summary>
    public Task<GetObjectResponse> BeginReadAsync(string key, string entityTag, long from, CancellationToken stop) => _client.GetObjectAsync(
        new GetObjectRequest
        {
            BucketName = _target.Bucket,
            Key = key,
            EtagToMatch = entityTag.Length > 0 ? $"\"{entityTag}\"" : null,
            ByteRange = from > 0 ? new ByteRange($"bytes={from.ToString(System.Globalization.CultureInfo.InvariantCulture)}-") : null,
        },
        stop);

    /// <summary>Returns a page of a listing, sorted by key; on the last page, <c>IsTruncated</c> is not true.</summary>
    /// <param name="prefix">The prefix of the keys.</param>
    /// <param name="after">The key after which to start; null for all.</param>
    /// <param name="byFolder">Whether to combine keys below a further '/' into one entry.</param>
    /// <param name="page">The page token from the previous page; null for the first.</param>
    /// <param name="stop">Cancels the call.</param>
    public Task<ListObjectsV2Response> ListAsync(string prefix, string? after, bool byFolder, string? page, CancellationToken stop) => _client.ListObjectsV2Async(
        new ListObjectsV2Request { BucketName = _target.Bucket, Prefix = prefix, StartAfter = after, Delimiter = byFolder ? "/" : null, ContinuationToken = page }, stop);

    public void Dispose() => _client.Dispose();

    private static async Task TryAsync(Task call)
    {
        try
        {
            await call.ConfigureAwait(false);
        }
        catch (AmazonServiceException e) when (IsRefusal(e))
        {
            // It remains until the bucket's lifecycle rules remove it.
        }
    }

    private static bool IsRefusal(AmazonServiceException e) => (int)e.StatusCode is >= 400 and < 500 or (int)HttpStatusCode.NotImplemented;
}

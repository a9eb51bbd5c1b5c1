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
/// The bucket, by the library. Region, endpoint and credentials are the library's to find, as AWS tools do. Each call is
/// tried once: who calls decides when again. Throws <see cref="AmazonClientException"/>, <see cref="AmazonServiceException"/>,
/// <see cref="HttpRequestException"/>, <see cref="TimeoutException"/> or <see cref="OperationCanceledException"/>.
/// </summary>
internal sealed class Bucket : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private readonly UploadTarget _target;
    private readonly AmazonS3Client _client;
    private readonly long _bytesPerSecond;

    /// <param name="target">Which bucket.</param>
    /// <param name="endpoint">On which server.</param>
    /// <param name="callTimeout">A call without an answer for so long has failed.</param>
    /// <param name="bytesPerSecond">The pace of uploads.</param>
    public Bucket(UploadTarget target, Endpoint endpoint, TimeSpan callTimeout, long bytesPerSecond)
    {
        // Roles by web identity, as Kubernetes gives them to pods: found without reflection.
        GlobalRuntimeDependencyRegistry.Instance.RegisterSecurityTokenServiceClient(context => new AmazonSecurityTokenServiceClient(
            new AnonymousAWSCredentials(), new AmazonSecurityTokenServiceConfig { RegionEndpoint = context.SecurityTokenServiceClientContextData.Region }));
        (_target, _bytesPerSecond) = (target, bytesPerSecond);
        var config = new AmazonS3Config
        {
            Timeout = callTimeout,
            ConnectTimeout = ConnectTimeout,
            MaxErrorRetry = 0,
            // What the library adds by itself goes as a trailer, which some servers store as part of the object.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (endpoint.Address is { } address)
        {
            config.ServiceURL = address;
            config.AuthenticationRegion = Environment.GetEnvironmentVariable("AWS_REGION") ?? Environment.GetEnvironmentVariable("AWS_DEFAULT_REGION") ?? "us-east-1";
            config.ForcePathStyle = true; // bucket.127.0.0.1 is no name; servers of one's own have seldom names for buckets
        }

        _client = new AmazonS3Client(config);
    }

    /// <summary>What the server says of an object; null if there is none, as far as these credentials may know.</summary>
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
            // The answer to HEAD has no words. A listing has; or says, to one who may list, that there is none.
            var listed = await _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _target.Bucket, Prefix = key, MaxKeys = 1 }, stop).ConfigureAwait(false);
            return listed.S3Objects?.Find(found => found.Key == key) is { } found ? new StoredObject(found.Size ?? -1, found.ETag?.Trim('"'), null) : null;
        }
    }

    /// <summary>Uploads a file of one part; the server checks its MD5 and SHA-256 while it takes it.</summary>
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

    /// <summary>The latest upload of a key that was begun and not completed; null if there is none or this server doesn't tell. Older ones are given up.</summary>
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

    /// <summary>Parts that the server has, by their number; none if the upload is gone or the server doesn't tell.</summary>
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
            // Each part is sent again.
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

    /// <summary>Makes the parts an object.</summary>
    public Task CompleteAsync(string key, string upload, IEnumerable<(PartDigest Part, string EntityTag)> parts, CancellationToken stop) => _client.CompleteMultipartUploadAsync(
        new CompleteMultipartUploadRequest
        {
            BucketName = _target.Bucket,
            Key = key,
            UploadId = upload,
            PartETags = [.. parts.Select(part => new PartETag(part.Part.Number, part.EntityTag) { ChecksumSHA256 = part.Part.Sha256Text })],
        },
        stop);

    /// <summary>Gives up an upload that was begun, if it is there and this is allowed.</summary>
    public Task AbandonAsync(string key, string upload, CancellationToken stop) =>
        TryAsync(_client.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = _target.Bucket, Key = key, UploadId = upload }, stop));

    /// <summary>Removes an object that this program has just put and that is not what it sent, if this is allowed.</summary>
    public Task RemoveAsync(string key, CancellationToken stop) =>
        TryAsync(_client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = _target.Bucket, Key = key }, stop));

    /// <summary>Reads an object back; the caller disposes of the stream.</summary>
    public async Task<Stream> ReadAsync(string key, CancellationToken stop) =>
        (await _client.GetObjectAsync(new GetObjectRequest { BucketName = _target.Bucket, Key = key }, stop).ConfigureAwait(false)).ResponseStream;

    /// <summary>Begins to read an object's bytes from a place on, as long as it has this entity tag; the caller disposes of it.</summary>
    public Task<GetObjectResponse> BeginReadAsync(string key, string entityTag, long from, CancellationToken stop) => _client.GetObjectAsync(
        new GetObjectRequest
        {
            BucketName = _target.Bucket,
            Key = key,
            EtagToMatch = entityTag.Length > 0 ? $"\"{entityTag}\"" : null,
            ByteRange = from > 0 ? new ByteRange($"bytes={from.ToString(System.Globalization.CultureInfo.InvariantCulture)}-") : null,
        },
        stop);

    /// <summary>A page of a listing, by keys; the last one where its <c>IsTruncated</c> is not true.</summary>
    /// <param name="prefix">Of the keys.</param>
    /// <param name="after">The keys are behind this one; null for all.</param>
    /// <param name="byFolder">Whether what is below a further '/' is one entry.</param>
    /// <param name="page">The mark of the page from the one before; null for the first.</param>
    /// <param name="stop">Ends it.</param>
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
            // It stays; the bucket's own rules clear it away.
        }
    }

    private static bool IsRefusal(AmazonServiceException e) => (int)e.StatusCode is >= 400 and < 500 or (int)HttpStatusCode.NotImplemented;
}

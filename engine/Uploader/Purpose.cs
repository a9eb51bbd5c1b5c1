namespace NetMon.Uploader;

/// <summary>The purpose for which a bucket is used, for explanations of failures.</summary>
/// <param name="Option">The option that names the bucket.</param>
/// <param name="Rights">The permissions that the credentials need.</param>
internal sealed record Purpose(string Option, string Rights)
{
    public static readonly Purpose Upload = new(
        "--archive",
        "s3:PutObject, s3:GetObject, s3:ListBucket, s3:ListBucketMultipartUploads, s3:ListMultipartUploadParts, s3:AbortMultipartUpload and s3:DeleteObject");

    public static readonly Purpose Query = new("--capture", "s3:ListBucket and s3:GetObject");
}

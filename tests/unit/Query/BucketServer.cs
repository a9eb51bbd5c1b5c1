using System.Collections.Concurrent;
using System.Globalization;
using System.Security;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace NetMon.UnitTests.Query;

/// <summary>
/// An S3 server on its own port with one bucket: the files of a folder are the objects below a prefix. It can fail as servers and networks
/// do.
/// </summary>
internal sealed class BucketServer : IAsyncDisposable
{
    public const string Capture = "s3://bucket/cluster-1";

    private const string Prefix = "cluster-1/";
    private const int PageObjects = 3;
    private readonly WebApplication _server;
    private readonly string _folder;

    private BucketServer(WebApplication server, string folder) => (_server, _folder) = (server, folder);

    public string Url => _server.Urls.Single();

    /// <summary>Requests so far: method, path and query, range.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Keys of the requested objects, below the prefix.</summary>
    public List<string> Fetched => [.. Requests.Where(request => request.Contains($"/bucket/{Prefix}", StringComparison.Ordinal)).Select(request => request.Split(' ')[1][$"/bucket/{Prefix}".Length..])];

    /// <summary>The fault of each object.</summary>
    public Func<string, ServerFault> FaultOf { get; set; } = _ => ServerFault.None;

    /// <summary>The code of an error that answers every request; null: none.</summary>
    public string? Refusal { get; set; }

    /// <summary>Objects that block until their client disconnects.</summary>
    public int Hanging => _hanging;

    private int _hanging;

    public static async Task<BucketServer> StartAsync(string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new BucketServer(builder.Build(), folder);
        server._server.Run(server.AnswerAsync);
        await server._server.StartAsync();
        return server;
    }

    /// <summary>Runs netmon-query on the bucket.</summary>
    public Task<ProgramOutput> Ask(string cache, params string[] arguments) =>
        ProgramOutput.Of("netmon-query", Environment(Url), ["--capture", Capture, "--cache", cache, .. arguments.Contains("--format") ? [] : (string[])["--format", "csv"], .. arguments]);

    public static Dictionary<string, string> Environment(string url) => new()
    {
        ["AWS_ACCESS_KEY_ID"] = "key",
        ["AWS_SECRET_ACCESS_KEY"] = "secret",
        ["AWS_REGION"] = "eu-central-1",
        ["AWS_ENDPOINT_URL"] = url,
        ["AWS_EC2_METADATA_DISABLED"] = "true",
    };

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Requests.Enqueue($"{context.Request.Method} {context.Request.Path}{Uri.UnescapeDataString(context.Request.QueryString.Value!)} {context.Request.Headers.Range}");
        var key = context.Request.Path.Value!["/".Length..].Split('/', 2);
        if (Refusal is not null || key[0] != "bucket")
        {
            await FailAsync(context, key[0] != "bucket" ? StatusCodes.Status404NotFound : StatusCodes.Status403Forbidden, Refusal ?? "NoSuchBucket");
        }
        else if (key.Length == 1 || key[1].Length == 0)
        {
            await ListAsync(context);
        }
        else
        {
            await GetAsync(context, key[1]);
        }
    }

    private async Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var (prefix, isByFolder) = (query["prefix"].ToString(), query["delimiter"] == "/");
        var after = query.TryGetValue("continuation-token", out var page) ? page.ToString() : query["start-after"].ToString();
        var keys = Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Select(file => Prefix + Path.GetRelativePath(_folder, file))
            .Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(key, after) > 0).Order(StringComparer.Ordinal).ToList();
        var folders = isByFolder ? keys.Where(key => key[prefix.Length..].Contains('/', StringComparison.Ordinal)).Select(key => prefix + key[prefix.Length..].Split('/')[0] + "/").Distinct() : [];
        var objects = isByFolder ? [] : keys.Take(PageObjects).ToList();
        var more = !isByFolder && keys.Count > PageObjects ? $"<IsTruncated>true</IsTruncated><NextContinuationToken>{objects[^1]}</NextContinuationToken>" : "<IsTruncated>false</IsTruncated>";
        context.Response.ContentType = "application/xml";
        await context.Response.WriteAsync(
            $"<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>bucket</Name>{more}"
            + string.Concat(objects.Select(key => string.Create(CultureInfo.InvariantCulture, $"<Contents><Key>{SecurityElement.Escape(key)}</Key><Size>{Bytes(key).Length}</Size><ETag>&quot;{Tag(key)}&quot;</ETag></Contents>")))
            + string.Concat(folders.Select(folder => $"<CommonPrefixes><Prefix>{folder}</Prefix></CommonPrefixes>")) + "</ListBucketResult>");
    }

    private async Task GetAsync(HttpContext context, string key)
    {
        switch (FaultOf(key[Prefix.Length..]))
        {
            case ServerFault.Gone:
                await FailAsync(context, StatusCodes.Status404NotFound, "NoSuchKey");
                return;
            case ServerFault.CutOff:
                context.Response.ContentLength = Bytes(key).Length;
                await context.Response.Body.WriteAsync(Bytes(key).AsMemory(0, Bytes(key).Length / 2));
                await context.Response.Body.FlushAsync();
                context.Abort();
                return;
            case ServerFault.Hangs:
                Interlocked.Increment(ref _hanging);
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                Interlocked.Decrement(ref _hanging);
                return;
        }

        Assert(context.Request.Headers.IfMatch == $"\"{Tag(key)}\"");
        var bytes = FaultOf(key[Prefix.Length..]) == ServerFault.Garbles ? [.. Bytes(key).Select(value => (byte)~value)] : Bytes(key);
        var range = context.Request.Headers.Range.ToString();
        var from = range.Length > 0 ? int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture) : 0;
        context.Response.StatusCode = from > 0 ? StatusCodes.Status206PartialContent : StatusCodes.Status200OK;
        context.Response.Headers.ETag = $"\"{Tag(key)}\"";
        context.Response.ContentLength = bytes.Length - from;
        await context.Response.Body.WriteAsync(bytes.AsMemory(from));
    }

    private static void Assert(bool condition) => Xunit.Assert.True(condition, "the object is asked for by the entity tag that was listed");

    private static Task FailAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        return context.Response.WriteAsync($"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>says the server</Message></Error>");
    }

    private byte[] Bytes(string key) => File.ReadAllBytes(Path.Combine(_folder, key[Prefix.Length..]));

#pragma warning disable CA5351 // As S3 has it.
    private string Tag(string key) => Convert.ToHexStringLower(MD5.HashData(Bytes(key)));
#pragma warning restore CA5351
}

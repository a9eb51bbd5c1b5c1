using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace NetMon.Tests.Kubernetes;

/// <summary>
/// A test API server over real HTTPS: lists in pages, watches in chunks with bookmarks, 410 for forgotten versions, tokens that
/// expire, and custom answers of a test. Thread-safe.
/// </summary>
internal sealed class TestApiServer : IAsyncDisposable
{
    private readonly TestCluster _cluster;
    private readonly X509Certificate2 _certificate;
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ConcurrentDictionary<string, string[]> _pages = new();
    private CancellationTokenSource _up = new();
    private WebApplication? _application;
    private long _bytes;

    public TestApiServer(TestCluster cluster, X509Certificate2 certificate)
    {
        (_cluster, _certificate) = (cluster, certificate);
    }

    /// <summary>https://127.0.0.1:PORT</summary>
    public string Address => $"https://127.0.0.1:{Port}";

    /// <summary>The port; a restart keeps it.</summary>
    public int Port { get; private set; }

    /// <summary>Objects per page at most, whatever the client requests.</summary>
    public int MostOfPage { get; set; } = 500;

    /// <summary>The interval of bookmarks in a silent watch.</summary>
    public TimeSpan BookmarkEvery { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The accepted token; null: any.</summary>
    public string? Token { get; set; }

    /// <summary>Whether a forgotten version is an event in a stream of status 200, as in widely used servers, or status 410.</summary>
    public bool IsGoneInStream { get; set; } = true;

    /// <summary>Answers a request for the test; false: the server answers as usual.</summary>
    public Func<HttpContext, Task<bool>> Instead { get; set; } = _ => Task.FromResult(false);

    /// <summary>Paths and queries of the requests so far.</summary>
    public string[] Requests => [.. _requests];

    /// <summary>Bytes of the response bodies sent so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Starts the server, on the same port each time.</summary>
    public async Task StartAsync()
    {
        _up = new CancellationTokenSource();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(_certificate);
            });
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        _application = builder.Build();
        _application.Run(AnswerAsync);
        await _application.StartAsync();
        Port = new Uri(_application.Urls.Single()).Port;
    }

    /// <summary>Stops the server and closes all connections.</summary>
    public async Task StopAsync()
    {
        await _up.CancelAsync();
        if (_application is { } application)
        {
            _application = null;
            using var now = new CancellationTokenSource(TimeSpan.Zero);
            await application.StopAsync(now.Token);
            await application.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _up.Dispose();
        _certificate.Dispose();
    }

    /// <summary>Writes text unchanged, and flushes.</summary>
    public async Task WriteAsync(HttpContext context, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Interlocked.Add(ref _bytes, bytes.Length);
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        _requests.Enqueue($"{context.Request.Path}{context.Request.QueryString}");
        try
        {
            if (await Instead(context))
            {
                return;
            }

            if (Token is { } token && context.Request.Headers.Authorization != $"Bearer {token}")
            {
                await RefuseAsync(context, 401, "Unauthorized");
            }
            else if (context.Request.Query["watch"] == "1")
            {
                await WatchAsync(context);
            }
            else
            {
                await ListAsync(context);
            }
        }
        catch (OperationCanceledException)
        {
            // The server or the client has ended.
        }
    }

    private async Task RefuseAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        await WriteAsync(context, Status(status, reason));
    }

    private async Task ListAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        var limit = Math.Min(int.Parse(context.Request.Query["limit"].ToString(), CultureInfo.InvariantCulture), MostOfPage);
        var (items, version, from) = (Array.Empty<string>(), 0L, 0);
        if (context.Request.Query["continue"] is [{ Length: > 0 } next])
        {
            var parts = next.Split(':');
            if (!_pages.TryGetValue(parts[0], out items!))
            {
                await RefuseAsync(context, 410, "Expired");
                return;
            }

            (version, from) = (long.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture));
        }
        else
        {
            (items, version) = _cluster.List(context.Request.Path);
        }

        var page = items.Skip(from).Take(limit).ToArray();
        var more = "";
        if (from + page.Length < items.Length)
        {
            var key = $"{context.Request.Path}@{version}".Replace(":", "", StringComparison.Ordinal);
            _pages[key] = items;
            more = string.Create(CultureInfo.InvariantCulture, $""","continue":"{key}:{version}:{from + page.Length}","remainingItemCount":{items.Length - from - page.Length}""");
        }

        await WriteAsync(context, $$"""{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":"{{version}}"{{more}}},"items":[""");
        for (var index = 0; index < page.Length; index += 50)
        {
            await WriteAsync(context, (index > 0 ? "," : "") + string.Join(',', page.Skip(index).Take(50)));
        }

        await WriteAsync(context, "]}\n");
    }

    private async Task WatchAsync(HttpContext context)
    {
        using var until = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _up.Token);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(int.Parse(context.Request.Query["timeoutSeconds"].ToString(), CultureInfo.InvariantCulture)));
        var version = long.Parse(context.Request.Query["resourceVersion"].ToString(), CultureInfo.InvariantCulture);
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = "application/json";
        if (!IsGoneInStream && _cluster.Since(context.Request.Path, version) is null)
        {
            await RefuseAsync(context, 410, "Expired");
            return;
        }

        await context.Response.Body.FlushAsync(until.Token); // send the headers immediately
        while (!timeout.IsCancellationRequested)
        {
            var (changed, upTo) = (_cluster.Changed, _cluster.Version);
            if (_cluster.Since(context.Request.Path, version) is not { } changes)
            {
                await WriteAsync(context, $$"""{"type":"ERROR","object":{{Status(410, "too old resource version")}}}""" + "\n");
                return;
            }

            if (changes.Count > 0)
            {
                await WriteAsync(context, string.Concat(changes.Select(change => change.Line + "\n")));
                version = changes[^1].Version;
                continue;
            }

            using var pause = CancellationTokenSource.CreateLinkedTokenSource(until.Token, timeout.Token);
            var bookmark = Task.Delay(BookmarkEvery, pause.Token);
            if (await Task.WhenAny(changed, bookmark) == bookmark)
            {
                until.Token.ThrowIfCancellationRequested();
                if (!timeout.IsCancellationRequested)
                {
                    version = Math.Max(version, upTo);
                    await WriteAsync(context, string.Create(CultureInfo.InvariantCulture, $$"""{"type":"BOOKMARK","object":{"kind":"Service","apiVersion":"v1","metadata":{"resourceVersion":"{{version}}","creationTimestamp":null},"spec":{},"status":{"loadBalancer":{} } } }""") + "\n");
                }
            }

            await pause.CancelAsync();
        }
    }

    private static string Status(int code, string message) => $$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"{{message}}","reason":"Expired","code":{{code}}}""";
}

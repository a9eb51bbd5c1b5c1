using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using NetMon.Kubernetes.Objects;

namespace NetMon.Kubernetes.Watching;

/// <summary>
/// The API server: one HTTP/2 connection for all watches, or HTTP/1.1 if the server supports no other, with the current token. Only sends GET. Thread-safe.
/// </summary>
internal sealed class ApiServer : IDisposable
{
    private const int LongestToken = 64 * 1024;
    private const int LongestHeadersKiB = 16;

    /// <summary>The maximum pause that is granted to a server.</summary>
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(5);

    private readonly ApiAddress _address;
    private readonly ServerTrust? _trust;
    private readonly HttpMessageInvoker _http;
    private readonly string _userAgent;

    /// <param name="address">The server's address.</param>
    /// <param name="pace">The timeouts.</param>
    /// <param name="version">This program's version.</param>
    public ApiServer(ApiAddress address, WatchPace pace, string version)
    {
        (_address, _userAgent) = (address, $"netmon/{version}");
        var handler = new SocketsHttpHandler
        {
            UseProxy = false, // the server is in the cluster's own network
            UseCookies = false,
            AllowAutoRedirect = false, // the token must not be sent elsewhere
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = pace.Connect,
            KeepAlivePingDelay = pace.Ping,
            KeepAlivePingTimeout = pace.Ping,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            MaxResponseHeadersLength = LongestHeadersKiB,
            ActivityHeadersPropagator = null,
        };
        if (address.AuthorityFile is { } file)
        {
            _trust = new ServerTrust(file);
            handler.SslOptions.RemoteCertificateValidationCallback = _trust.Accepts;
        }

        _http = new HttpMessageInvoker(handler);
    }

    /// <summary>Requests a list or a watch of a kind. Returns after the headers of an answer with status 200.</summary>
    /// <exception cref="ApiException">The request failed, or has another status.</exception>
    public async Task<HttpResponseMessage> GetAsync(WatchedKind kind, string query, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _address.Of($"{kind.Path}?{query}"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
        if (_address.TokenFile is { } file)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ReadToken(file));
        }

        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, stop).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new ApiException($"{_address.Server.OriginalString}: {WhyUnreachable(e)}", e);
        }

        if (response.StatusCode == HttpStatusCode.OK)
        {
            return response;
        }

        using (response)
        {
            throw new ApiException(WhyRefused(kind, response.StatusCode))
            {
                IsGone = response.StatusCode == HttpStatusCode.Gone,
                RetryAfter = RetryAfter(response.Headers.RetryAfter),
            };
        }
    }

    public void Dispose() => _http.Dispose();

    private static string ReadToken(string file)
    {
        try
        {
            var token = new FileInfo(file) is { Length: <= LongestToken } ? File.ReadAllText(file).Trim() : throw new ApiException($"{file} is too large for a token");
            return token.Length > 0 && token.All(letter => letter is > ' ' and < '\x7f') ? token : throw new ApiException($"{file} contains no token");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ApiException($"the token can't be read: {e.Message.TrimEnd('.')}", e);
        }
    }

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? header?.Date - DateTimeOffset.UtcNow;
        return wait is not { } time || time <= TimeSpan.Zero ? null : time < LongestRetryAfter ? time : LongestRetryAfter;
    }

    private string WhyUnreachable(HttpRequestException e)
    {
        if (e.InnerException is AuthenticationException)
        {
            return _trust?.Why ?? e.InnerException.InnerException?.Message.TrimEnd('.') ?? e.InnerException.Message.TrimEnd('.');
        }

        return e.InnerException is SocketException socket ? string.Create(CultureInfo.InvariantCulture, $"{socket.Message.TrimEnd('.')} ({socket.SocketErrorCode})") : (e.InnerException ?? e).Message.TrimEnd('.');
    }

    private string WhyRefused(WatchedKind kind, HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => _address.TokenFile is { } file ? $"the API server does not accept the token in {file} (401)" : "the API server requires a token (401): use --kubernetes-token-file",
        HttpStatusCode.Forbidden => $"the API server forbids it (403): the account needs a ClusterRole with the rule apiGroups [\"{kind.Group}\"], resources [\"{kind.Resource}\"], verbs [\"list\", \"watch\"]",
        HttpStatusCode.NotFound => $"the API server has no {kind.Path} (404)",
        HttpStatusCode.Gone => "the resource version to continue from is too old (410)",
        HttpStatusCode.TooManyRequests => "the API server is busy (429)",
        _ => $"the API server answers with status {(int)status}",
    };
}

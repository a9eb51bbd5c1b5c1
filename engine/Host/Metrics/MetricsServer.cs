using System.Net;
using System.Net.Sockets;
using NetMon.Foundation;
using NetMon.Foundation.Logging;
using NetMon.Host.Http;

namespace NetMon.Host.Metrics;

/// <summary>
/// Serves /metrics, /healthz and /readyz at --metrics, and the latter two at --health as well. Each address has its own thread, so that
/// probes at --health are not affected by clients of /metrics or by slow rendering.
/// </summary>
internal sealed class MetricsServer : IDisposable
{
    private const string Exposition = "text/plain; version=0.0.4; charset=utf-8";
    private const int MetricsNiceness = 10; // frequent scrapes must not take the CPU from the reader of the rings
    private const long FreshMilliseconds = 100; // nor read all counters for each request

    private readonly Health _health;
    private readonly List<HttpServer> _servers = [];
    private ReadOnlyMemory<byte> _rendered;
    private long _renderedAt = long.MinValue / 2;

    private MetricsServer(Health health) => _health = health;

    /// <summary>Listens on the configured addresses, if any. Throws <see cref="IOException"/> if an address can't be used.</summary>
    public static MetricsServer Start(RunSettings settings, Func<AgentMetrics> metrics, Health health, Faults faults, Logger log)
    {
        var server = new MetricsServer(health);
        try
        {
            if (settings.Health is { } probes)
            {
                server.Listen("--health", probes, server.AnswerHealth, 0, faults.Of("health"), log.For("health"), "/healthz and /readyz");
            }

            if (settings.Metrics is { } scrapes)
            {
                var all = metrics();
                server.Listen(
                    "--metrics",
                    scrapes,
                    request => request.Path == "/metrics" ? server.Scrape(all) : server.AnswerHealth(request),
                    MetricsNiceness,
                    faults.Of("metrics"),
                    log.For("metrics"),
                    "/metrics, /healthz and /readyz");
            }

            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public void Dispose() => _servers.ForEach(server => server.Dispose());

    private void Listen(string option, IPEndPoint address, Func<HttpRequest, HttpAnswer> answer, int niceness, FaultState fault, Logger log, string paths)
    {
        try
        {
            var server = new HttpServer(address, answer, niceness, fault, log);
            _servers.Add(server);
            log.Info($"http://{server.Address}{paths}");
        }
        catch (SocketException e)
        {
            throw new IOException($"{option} {address}: {e.Message}. Choose a port that is free and an address that this machine has.", e);
        }
    }

    private HttpAnswer AnswerHealth(HttpRequest request) => request.Path switch
    {
        "/healthz" => Tell(_health.WhyNotAlive()),
        "/readyz" => Tell(_health.WhyNotReady()),
        _ => HttpAnswer.Text(404, "not found: this server has /metrics, /healthz and /readyz"),
    };

    private HttpAnswer Tell(string? fault) => fault is null ? HttpAnswer.Text(200, _health.Summary()) : HttpAnswer.Text(503, fault);

    private HttpAnswer Scrape(AgentMetrics metrics)
    {
        var now = Environment.TickCount64;
        if (now - _renderedAt >= FreshMilliseconds)
        {
            _rendered = metrics.RenderAsync().GetAwaiter().GetResult();
            _renderedAt = Environment.TickCount64;
        }

        return new HttpAnswer(200, Exposition, _rendered);
    }
}

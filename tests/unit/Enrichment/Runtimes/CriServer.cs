using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace NetMon.UnitTests.Enrichment.Runtimes;

/// <summary>
/// CRI and containerd's services on a Unix socket, scripted by a <see cref="CriScript"/>. Kestrel removes the socket on disposal.
/// </summary>
internal sealed class CriServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private CriServer(WebApplication application) => _application = application;

    public static async Task<CriServer> StartAsync(string path, CriScript script, bool withCri = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(path, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc(grpc => grpc.MaxSendMessageSize = null);
        builder.Services.AddSingleton(script);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        var application = builder.Build();
        if (withCri)
        {
            application.MapGrpcService<CriService>();
        }

        application.MapGrpcService<ContainerdEventService>();
        application.MapGrpcService<ContainerdContainerService>();
        await application.StartAsync(Bound.Token);
        return new CriServer(application);
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();
}

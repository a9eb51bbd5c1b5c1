using Grpc.Core;
using NetMon.Enrichment.Runtimes.Cri.Wire;

namespace NetMon.UnitTests.Enrichment.Runtimes;

internal sealed class ContainerdEventService(CriScript script) : NetMon.Enrichment.Runtimes.Cri.Wire.Events.EventsBase
{
    public override async Task Subscribe(SubscribeRequest request, IServerStreamWriter<Envelope> responseStream, ServerCallContext context)
    {
        script.Calls.Enqueue($"Subscribe {string.Join(' ', request.Filters)}");
        await foreach (var told in script.ContainerdEvents.Reader.ReadAllAsync(context.CancellationToken))
        {
            await responseStream.WriteAsync(told, context.CancellationToken);
        }
    }
}

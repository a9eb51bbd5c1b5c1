using Google.Protobuf;

namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>A method of a gRPC service.</summary>
/// <param name="Service">The service's full name.</param>
/// <param name="Name">The method's name.</param>
/// <param name="Read">Parses each answer; called on any thread.</param>
internal sealed record GrpcMethod<TRequest, TResponse>(string Service, string Name, AnswerReader<TResponse> Read)
    where TRequest : IMessage<TRequest>;

using Google.Protobuf;

namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>A method of a service that is called by gRPC.</summary>
/// <param name="Service">The service's full name.</param>
/// <param name="Name">The method's.</param>
/// <param name="Read">What is made of each of its answers, on whatever thread it comes.</param>
internal sealed record GrpcMethod<TRequest, TResponse>(string Service, string Name, AnswerReader<TResponse> Read)
    where TRequest : IMessage<TRequest>;

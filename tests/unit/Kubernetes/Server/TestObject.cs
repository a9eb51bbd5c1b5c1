using System.Globalization;

namespace NetMon.Tests.Kubernetes;

/// <summary>An object as the API server stores it, including the fields that NetMon ignores.</summary>
/// <param name="Path">The path that lists its kind.</param>
/// <param name="Key">Its identity.</param>
/// <param name="Json">Its JSON at a version.</param>
internal sealed record TestObject(string Path, string Key, Func<long, string> Json)
{
    public const string Services = "/api/v1/services";
    public const string Slices = "/apis/discovery.k8s.io/v1/endpointslices";
    public const string Nodes = "/api/v1/nodes";

    /// <summary>A Service with one port 80, or with the given JSON of ports.</summary>
    public static TestObject Service(string space, string name, string address, string? ports = null, string more = "") => new(Services, $"{space}/{name}", version =>
        $$"""{{{Metadata(space, name, version, "")}}"spec":{"clusterIP":"{{address}}","clusterIPs":["{{address}}"],"internalTrafficPolicy":"Cluster","ipFamilies":["IPv4"],"ports":{{ports ?? """[{"name":"http","port":80,"protocol":"TCP","targetPort":8080}]"""}},"selector":{"app":"{{name}}"},"sessionAffinity":"None","type":"ClusterIP"{{more}}},"status":{"loadBalancer":{} } }""");

    /// <summary>A slice of a Service, with port 8080.</summary>
    public static TestObject Slice(string space, string name, string service, params (string Address, string Pod, string Node)[] endpoints) => new(Slices, $"{space}/{name}", version =>
        $$"""{{{Metadata(space, name, version, $$""","labels":{"endpointslice.kubernetes.io/managed-by":"endpointslice-controller.k8s.io","kubernetes.io/service-name":"{{service}}"}""")}}"addressType":"IPv4","endpoints":[{{string.Join(',', endpoints.Select(e =>
            $$$"""{"addresses":["{{{e.Address}}}"],"conditions":{"ready":true,"serving":true,"terminating":false},"nodeName":"{{{e.Node}}}","targetRef":{"kind":"Pod","namespace":"{{{space}}}","name":"{{{e.Pod}}}","uid":"6f1a0c1e-0000-4000-8000-000000000000"},"zone":"zone-of-{{{e.Node}}}"}"""))}}],"ports":[{"name":"http","port":8080,"protocol":"TCP"}]}""");

    public static TestObject Node(string name, string address, string range) => new(Nodes, name, version =>
        $$"""{{{Metadata(null, name, version, $$""","labels":{"kubernetes.io/hostname":"{{name}}","topology.kubernetes.io/zone":"zone-of-{{name}}"}""")}}"spec":{"podCIDR":"{{range}}","podCIDRs":["{{range}}"]},"status":{"addresses":[{"type":"InternalIP","address":"{{address}}"},{"type":"Hostname","address":"{{name}}"}],"images":[{"names":["registry.example.org/app@sha256:0"],"sizeBytes":1}]} }""");

    private static string Metadata(string? space, string name, long version, string labels) => string.Create(CultureInfo.InvariantCulture,
        $$"""
        "metadata":{"name":"{{name}}",{{(space is null ? "" : $"\"namespace\":\"{space}\",")}}"uid":"0b7a2f0e-1111-4222-8333-444444444444","resourceVersion":"{{version}}","generation":1,"creationTimestamp":"2026-11-01T00:00:00Z"{{labels}},"managedFields":[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1","time":"2026-11-01T00:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:annotations":{".":{},"f:a\"b{[":{} } } } }]},
        """);
}

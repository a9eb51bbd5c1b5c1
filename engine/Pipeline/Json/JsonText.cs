using System.Text.Json.Serialization;

namespace NetMon.Pipeline.Json;

/// <summary>Serialisation without reflection, for the little that is not on the hot path.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class JsonText : JsonSerializerContext;

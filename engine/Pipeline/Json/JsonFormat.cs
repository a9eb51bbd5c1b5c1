namespace NetMon.Pipeline.Json;

/// <summary>The naming scheme of a line's keys.</summary>
public enum JsonFormat
{
    /// <summary>NetMon's own, schemas/event.schema.json.</summary>
    Netmon,

    /// <summary>Elastic Common Schema, schemas/ecs.schema.json.</summary>
    Ecs,

    /// <summary>OpenTelemetry's semantic conventions as flat attributes, schemas/otel.schema.json.</summary>
    Otel,
}

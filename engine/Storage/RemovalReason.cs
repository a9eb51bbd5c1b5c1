namespace NetMon.Storage;

/// <summary>The limit that files exceeded when they were removed, named after its option.</summary>
public enum RemovalReason
{
    /// <summary>Too old: --retain-for.</summary>
    RetainFor,

    /// <summary>Too many bytes: --retain-bytes.</summary>
    RetainBytes,

    /// <summary>Too little free disk: --keep-free.</summary>
    KeepFree,

    /// <summary>Roll-ups that are too old: --retain-rollups.</summary>
    RetainRollups,
}

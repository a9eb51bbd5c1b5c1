namespace NetMon.Storage;

/// <summary>Which bound files were removed for; the options of these names.</summary>
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

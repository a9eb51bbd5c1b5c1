namespace NetMon.UnitTests.Query;

/// <summary>What a server does instead of sending an object.</summary>
internal enum ServerFault
{
    None,

    /// <summary>It was removed after it was listed.</summary>
    Gone,

    /// <summary>The connection ends after half of it.</summary>
    CutOff,

    /// <summary>Other bytes come.</summary>
    Garbles,

    /// <summary>Nothing comes, until the client goes.</summary>
    Hangs,
}

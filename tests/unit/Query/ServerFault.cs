namespace NetMon.UnitTests.Query;

/// <summary>What a server does instead of sending an object.</summary>
internal enum ServerFault
{
    None,

    /// <summary>The object was removed after it was listed.</summary>
    Gone,

    /// <summary>The connection breaks after half of it.</summary>
    CutOff,

    /// <summary>Sends other bytes.</summary>
    Garbles,

    /// <summary>Sends nothing until the client disconnects.</summary>
    Hangs,
}

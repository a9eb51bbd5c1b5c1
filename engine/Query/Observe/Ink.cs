namespace NetMon.Query.Observe;

/// <summary>Colours by meaning: SGR numbers (ECMA-48) from the 16 colours that every terminal's theme defines.</summary>
internal enum Ink
{
    None = 0,
    Dim = 2,
    Failed = 31,
    Opened = 32,
    Odd = 33,
    Running = 34,
    Peer = 36,
}

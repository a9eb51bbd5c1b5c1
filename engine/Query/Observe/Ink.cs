namespace NetMon.Query.Observe;

/// <summary>What a part of a line is coloured for: the numbers of SGR (ECMA-48), from the sixteen colours that every terminal has a theme for.</summary>
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

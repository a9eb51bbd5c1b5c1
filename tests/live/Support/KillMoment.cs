namespace NetMon.LiveTests.Support;

/// <summary>About when a run is killed.</summary>
internal enum KillMoment
{
    /// <summary>When an hour that has just ended is sealed.</summary>
    HourIsSealed,

    /// <summary>While a piece of the current hour, or a roll-up, is written.</summary>
    PieceIsWritten,

    /// <summary>Any.</summary>
    Any,
}

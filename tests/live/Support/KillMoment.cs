namespace NetMon.LiveTests.Support;

/// <summary>When a run is killed, approximately.</summary>
internal enum KillMoment
{
    /// <summary>While an hour that has just ended is sealed.</summary>
    HourIsSealed,

    /// <summary>While a piece of the current hour, or a roll-up, is written.</summary>
    PieceIsWritten,

    /// <summary>At any time.</summary>
    Any,
}

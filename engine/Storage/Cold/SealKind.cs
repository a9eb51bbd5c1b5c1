namespace NetMon.Storage.Cold;

/// <summary>What to make of files in hot/.</summary>
internal enum SealKind
{
    /// <summary>A piece: a Parquet file in hot/, made of full segments of the current hour.</summary>
    Piece,

    /// <summary>The Parquet file of an hour that is over, made of its pieces and the remaining segments.</summary>
    Hour,

    /// <summary>The Parquet file of an hour's loss journals.</summary>
    Losses,

    /// <summary>The file of an hour's owners of addresses, whether the hour is over or not.</summary>
    Owners,
}

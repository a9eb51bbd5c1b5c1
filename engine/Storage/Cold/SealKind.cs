namespace NetMon.Storage.Cold;

/// <summary>What is to be made of files in hot/.</summary>
internal enum SealKind
{
    /// <summary>A piece of an hour that goes on: Parquet in hot/, of segments that are full.</summary>
    Piece,

    /// <summary>The Parquet file of an hour that is over, of its pieces and the segments that are left.</summary>
    Hour,

    /// <summary>The Parquet file of an hour's rows of losses.</summary>
    Losses,

    /// <summary>The file of whose which address was in an hour, over or not.</summary>
    Owners,
}

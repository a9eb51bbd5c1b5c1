namespace NetMon.Storage;

/// <summary>What was sealed of a node.</summary>
/// <param name="Files">Segments and pieces.</param>
/// <param name="Hours">Hours that these were of.</param>
/// <param name="LossJournals">Files with rows of losses.</param>
/// <param name="Left">Files that are still in hot/: they can't be sealed, and it was reported why.</param>
public sealed record SealedLeftovers(int Files, int Hours, int LossJournals, int Left);

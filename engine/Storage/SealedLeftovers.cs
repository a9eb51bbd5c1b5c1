namespace NetMon.Storage;

/// <summary>The result of sealing a node's leftover files.</summary>
/// <param name="Files">Number of segments and pieces sealed.</param>
/// <param name="Hours">Number of hours that they belong to.</param>
/// <param name="LossJournals">Number of loss journals sealed.</param>
/// <param name="Left">Number of files still in hot/, which could not be sealed; the reasons were logged.</param>
public sealed record SealedLeftovers(int Files, int Hours, int LossJournals, int Left);

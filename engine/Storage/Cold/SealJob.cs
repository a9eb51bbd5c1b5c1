namespace NetMon.Storage.Cold;

/// <summary>Files of one hour in hot/ that are to be sealed.</summary>
/// <param name="Kind">What to make of them.</param>
/// <param name="Hour">Their hour.</param>
/// <param name="Paths">In the order of writing, relative to the capture directory; empty for an hour whose rows are all in pieces.</param>
/// <param name="Faults">How often the job has failed because of a bug rather than the disk.</param>
internal sealed record SealJob(SealKind Kind, Hour Hour, IReadOnlyList<string> Paths, int Faults = 0);

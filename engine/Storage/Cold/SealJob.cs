namespace NetMon.Storage.Cold;

/// <summary>Files in hot/ of one hour that are to be sealed.</summary>
/// <param name="Kind">What is to be made of them.</param>
/// <param name="Hour">Theirs.</param>
/// <param name="Paths">In the order of writing, relative to the capture directory; of an hour maybe none, if all its rows are in pieces.</param>
/// <param name="Faults">How often the program, not the disk, has failed on it.</param>
internal sealed record SealJob(SealKind Kind, Hour Hour, IReadOnlyList<string> Paths, int Faults = 0);

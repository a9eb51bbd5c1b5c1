using NetMon.Query.Buckets;
using NetMon.Query.Printing;
using NetMon.Query.Sql;

namespace NetMon.Query;

/// <summary>What the command line asks for.</summary>
/// <param name="Capture">The capture directory, or the bucket.</param>
/// <param name="Bucket">What belongs to a bucket; null where it is a directory.</param>
/// <param name="Statements">The questions; null for the picture.</param>
/// <param name="Text">Their text.</param>
/// <param name="Style">How rows are printed.</param>
/// <param name="Memory">What DuckDB may take.</param>
/// <param name="IsStrict">Whether a file that can't be read is an error.</param>
internal sealed record QuerySettings(string Capture, BucketSettings? Bucket, IReadOnlyList<Statement>? Statements, string Text, PrintStyle Style, string Memory, bool IsStrict);

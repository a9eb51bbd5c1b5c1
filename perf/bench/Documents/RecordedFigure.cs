namespace NetMon.Bench.Documents;

/// <summary>A figure as docs/figures.json has it.</summary>
/// <param name="Value">In the unit; of several runs the least.</param>
/// <param name="To">Of several runs the greatest; null where all agree.</param>
/// <param name="Unit">As the bench prints it.</param>
/// <param name="MeasuredBy">The command that measures it.</param>
/// <param name="Date">When it was measured, yyyy-MM-dd, UTC.</param>
/// <param name="Machine">What it was measured on.</param>
/// <param name="Kernel">Its Linux version.</param>
internal sealed record RecordedFigure(double Value, double? To, string Unit, string MeasuredBy, string Date, string Machine, string Kernel);

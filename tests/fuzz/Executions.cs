using System.Globalization;

namespace NetMon.Fuzz;

/// <summary>The work of one or all runs of a target; a file in the target's folder has the sum over all. One process at a time.</summary>
/// <param name="Count">Executed inputs.</param>
/// <param name="ProcessorSeconds">Processor time, including that for generating the inputs.</param>
/// <param name="Failures">Inputs that failed.</param>
internal readonly record struct Executions(long Count, double ProcessorSeconds, long Failures)
{
    /// <summary>Adds one run to the file and returns the sum.</summary>
    /// <exception cref="IOException">The file can't be read or written.</exception>
    public static Executions Add(string folder, Executions run)
    {
        var path = Path.Combine(folder, "executions");
        var before = File.Exists(path) ? Parse(File.ReadAllText(path)) : default;
        var all = new Executions(before.Count + run.Count, before.ProcessorSeconds + run.ProcessorSeconds, before.Failures + run.Failures);
        File.WriteAllText(path + ".new", string.Create(CultureInfo.InvariantCulture, $"{all.Count} {all.ProcessorSeconds:0.000} {all.Failures}\n"));
        File.Move(path + ".new", path, overwrite: true);
        return all;
    }

    private static Executions Parse(string line)
    {
        var fields = line.Split(' ');
        return new(long.Parse(fields[0], CultureInfo.InvariantCulture), double.Parse(fields[1], CultureInfo.InvariantCulture), long.Parse(fields[2], CultureInfo.InvariantCulture));
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace NetMon.Fuzz;

/// <summary>
/// Fuzzes a target inside this process, guided by the coverage of the instrumented assemblies. Without AFL's two process switches per
/// input it is several times as fast; its choice of inputs is simpler.
/// </summary>
internal sealed class FuzzLoop(FuzzTarget target, string folder)
{
    private const int MostFailures = 20;
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);
    private readonly HashSet<string> _failures = [];
    private readonly List<byte[]> _inputs = [];
    private readonly Coverage _coverage = new();
    private byte[] _current = [];
    private long _executions;
    private long _watched = -1;

    /// <summary>
    /// Runs for this time, starting with the inputs of the corpus and those that earlier runs kept. Returns the number of inputs that failed;
    /// they are in FOLDER/failed. A hang ends the process.
    /// </summary>
    public int Run(string corpus, TimeSpan duration)
    {
        var (kept, failed) = (Path.Combine(folder, "kept"), Path.Combine(folder, "failed"));
        Directory.CreateDirectory(kept);
        Directory.CreateDirectory(failed);
        var clock = Stopwatch.StartNew();
        using var watch = new Timer(_ => EndIfItHangs(failed), null, Hang, Hang);
        foreach (var path in Directory.EnumerateFiles(corpus).Concat(Directory.EnumerateFiles(kept)))
        {
            var input = File.ReadAllBytes(path);
            Execute(input, failed);
            _inputs.Add(input);
        }

        var mutation = new Mutation(Environment.TickCount);
        while (clock.Elapsed < duration && _failures.Count < MostFailures)
        {
            var input = mutation.Next(_inputs);
            if (Execute(input, failed))
            {
                _inputs.Add(input);
                Write(kept, input);
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"fuzz: {target.Name}: {_executions} executions in this process, {_executions / clock.Elapsed.TotalSeconds:0} a second, {_inputs.Count} inputs kept, {_coverage.Reached} places reached; {_failures.Count} failed"));
        return _failures.Count;
    }

    /// <summary>True if the input reached something new.</summary>
    private bool Execute(byte[] input, string failed)
    {
        Volatile.Write(ref _current, input);
        Interlocked.Increment(ref _executions);
        try
        {
            target.Run(input);
        }
        catch (Exception e)
        {
            if (_failures.Add($"{e.GetType()} {e.StackTrace?.Split('\n').FirstOrDefault()}"))
            {
                Write(failed, input);
                Console.WriteLine(e);
            }
        }

        return _coverage.EndOfOne();
    }

    private void EndIfItHangs(string failed)
    {
        var executions = Interlocked.Read(ref _executions);
        if (executions == Interlocked.Exchange(ref _watched, executions))
        {
            Write(failed, Volatile.Read(ref _current));
            Console.WriteLine($"fuzz: {target.Name}: an input takes more than {Hang.TotalSeconds} s");
            Environment.Exit(1);
        }
    }

    private static void Write(string folder, byte[] input) => File.WriteAllBytes(Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(input))[..16]), input);
}

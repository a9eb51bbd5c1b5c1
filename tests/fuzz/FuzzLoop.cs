using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace NetMon.Fuzz;

/// <summary>
/// Fuzzes a target inside this process, guided by the coverage of the instrumented assemblies. Without AFL's two process switches per
/// input it is many times as fast; its choice of inputs is simpler.
/// </summary>
internal sealed class FuzzLoop(FuzzTarget target, string folder)
{
    private const int MostFailures = 20;

    /// <summary>Executions between two reads of the clock.</summary>
    private const int Batch = 64;

    private readonly string _kept = Path.Combine(folder, "kept");
    private readonly string _failed = Path.Combine(folder, "failed");
    private readonly HashSet<string> _failures = [];
    private readonly List<byte[]> _inputs = [];
    private readonly Coverage _coverage = new();
    private readonly Mutation _mutation = new((ulong)Stopwatch.GetTimestamp(), target.UsualBytes);
    private long _executions;

    /// <summary>Executions so far. Any thread.</summary>
    public long Count => Volatile.Read(ref _executions);

    /// <summary>
    /// Runs for this time, starting with the inputs of the corpus and those that earlier runs kept. Returns the number of inputs that failed;
    /// they are in FOLDER/failed. A hang ends the process.
    /// </summary>
    public int Run(string corpus, TimeSpan duration)
    {
        Directory.CreateDirectory(_kept);
        Directory.CreateDirectory(_failed);
        var clock = Stopwatch.StartNew();
        using var watch = new HangWatch(this);
        foreach (var path in Directory.EnumerateFiles(corpus).Concat(Directory.EnumerateFiles(_kept)))
        {
            var input = File.ReadAllBytes(path);
            _mutation.Take(input);
            Execute();
            _inputs.Add(input);
        }

        while (clock.Elapsed < duration && _failures.Count < MostFailures)
        {
            for (var i = 0; i < Batch; i++)
            {
                _mutation.Next(_inputs);
                if (Execute())
                {
                    _inputs.Add(_mutation.Input.ToArray());
                    Write(_kept);
                }
            }
        }

        var processor = Environment.CpuUsage.TotalTime.TotalSeconds;
        var all = Executions.Add(folder, new Executions(_executions, processor, _failures.Count));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"fuzz: {target.Name}: {_executions} executions in this process, {_executions / processor:0} per processor second, {_inputs.Count} inputs kept, {_coverage.Reached} map entries reached, {_failures.Count} failed; {all.Count} executions in all runs"));
        return _failures.Count;
    }

    /// <summary>Keeps the current input and ends the process. Any thread.</summary>
    public void EndHanging()
    {
        Write(_failed);
        Executions.Add(folder, new Executions(Count, Environment.CpuUsage.TotalTime.TotalSeconds, _failures.Count + 1));
        Console.WriteLine($"fuzz: {target.Name}: an input takes more than {HangWatch.Most.TotalSeconds} s");
        Environment.Exit(1);
    }

    /// <summary>True if the input reached something new.</summary>
    private bool Execute()
    {
        Volatile.Write(ref _executions, _executions + 1);
        try
        {
            target.Run(_mutation.Input);
        }
        catch (Exception e)
        {
            if (_failures.Add($"{e.GetType()} {e.StackTrace?.Split('\n').FirstOrDefault()}"))
            {
                Write(_failed);
                Console.WriteLine(e);
            }
        }

        return _coverage.EndOfOne();
    }

    private void Write(string to) => File.WriteAllBytes(Path.Combine(to, Convert.ToHexStringLower(SHA256.HashData(_mutation.Input.Span))[..16]), _mutation.Input.Span);
}

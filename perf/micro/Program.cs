using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using NetMon.Bench;
using NetMon.Micro.Stages;
using Perfolizer.Horology;

// Short runs in this process, which needs no generated project per benchmark. Compiled just in time, unlike the agent.
var config = ManualConfig.CreateEmpty()
    .AddJob(Job.Default
        .WithToolchain(InProcessEmitToolchain.Instance)
        .WithWarmupCount(3)
        .WithIterationCount(30)
        .WithIterationTime(TimeInterval.FromMilliseconds(60)))
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumnProvider(DefaultColumnProviders.Instance)
    .AddLogger(NullLogger.Instance)
    .WithArtifactsPath(Path.Combine(Repository.Root, "artifacts/bench/micro"))
    .WithOptions(ConfigOptions.DisableLogFile);
var report = new Report();
Type[] stages = [typeof(RingReading), typeof(Decoding), typeof(Ordering), typeof(Enriching), typeof(Peers), typeof(Workloads), typeof(JsonLines), typeof(HotBatches), typeof(RowGroups)];
foreach (var stage in stages)
{
    var summary = BenchmarkRunner.Run(stage, config);
    foreach (var problem in summary.ValidationErrors.Where(error => error.IsCritical))
    {
        Console.Error.WriteLine($"micro: {problem.Message}");
    }

    if (summary.HasCriticalValidationErrors || summary.Reports.Any(measured => !measured.Success) || summary.Reports.IsEmpty)
    {
        Console.Error.WriteLine($"micro: {stage.Name} did not run to its end; {string.Join(Environment.NewLine, summary.Reports.SelectMany(measured => measured.ExecuteResults).SelectMany(result => result.Results))}");
        return 1;
    }

    foreach (var measured in summary.Reports)
    {
        var method = measured.BenchmarkCase.Descriptor.WorkloadMethod.Name;
        var name = $"micro.{method.ToLowerInvariant()}";
        var statistics = measured.ResultStatistics!;
        var allocated = (double)measured.GcStats.GetTotalAllocatedBytes(excludeAllocationQuantumSideEffects: true)!.Value / measured.GcStats.TotalOperations;
        report.Add("make bench BENCH=micro", new Figure($"{name}.ns", statistics.Median, "ns/event", method.Replace('_', ' ')));
        report.Add("make bench BENCH=micro", new Figure($"{name}.ns_least", statistics.Min, "ns/event", "  minimum of thirty"));
        report.Add("make bench BENCH=micro", new Figure($"{name}.bytes", allocated, "bytes/event", "  allocated"));
    }
}

return report.Finish("artifacts/bench/micro.json", isShort: false);

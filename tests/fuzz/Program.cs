using System.Globalization;
using NetMon.Fuzz;
using SharpFuzz;

// NetMon.Fuzz afl TARGET: afl-fuzz supplies the inputs; the assemblies must be instrumented.
// NetMon.Fuzz loop TARGET SECONDS CORPUS FOLDER: generates the inputs in this process, which is faster; needs instrumentation as well.
// NetMon.Fuzz replay TARGET FILE...: reads each file once; the first failure ends it with its stack trace.
if (args is ["afl", var fuzzed])
{
    var target = FuzzTargets.Of(fuzzed);
    var input = new MemoryStream();
    Fuzzer.Run(stream =>
    {
        input.SetLength(0);
        stream.CopyTo(input);
        target.Run(input.ToArray());
    });
    return 0;
}

if (args is ["loop", var looped, var seconds, var corpus, var folder])
{
    return new FuzzLoop(FuzzTargets.Of(looped), folder).Run(corpus, TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture))) == 0 ? 0 : 1;
}

if (args is ["replay", var replayed, .. var files])
{
    foreach (var file in files)
    {
        Console.WriteLine(file);
        FuzzTargets.Of(replayed).Run(File.ReadAllBytes(file));
    }

    return 0;
}

Console.Error.WriteLine($"usage: NetMon.Fuzz afl TARGET | loop TARGET SECONDS CORPUS FOLDER | replay TARGET FILE...; targets: {string.Join(' ', FuzzTargets.All.Select(target => target.Name))}");
return 2;

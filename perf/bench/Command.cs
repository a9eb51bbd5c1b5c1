using System.Diagnostics;

namespace NetMon.Bench;

/// <summary>What a program took from its start to its exit.</summary>
/// <param name="Seconds">On the clock.</param>
/// <param name="PeakMebibytes">Resident at most, as seen every few milliseconds.</param>
internal sealed record Command(double Seconds, double PeakMebibytes)
{
    private const int MillisecondsBetweenLooks = 2;

    /// <summary>Runs a program to its end and discards its output.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has its stderr.</exception>
    public static Command Run(string program, params string[] arguments)
    {
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Tools.Root })!;
        var discarding = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        var errors = process.StandardError.ReadToEndAsync();
        var peak = 0L;
        while (!process.WaitForExit(MillisecondsBetweenLooks))
        {
            peak = Math.Max(peak, PeakOf(process));
        }

        var took = Stopwatch.GetElapsedTime(began).TotalSeconds;
        discarding.Wait();
        return process.ExitCode == 0
            ? new Command(took, peak / 1048576.0)
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors.Result}");
    }

    /// <summary>Bytes; 0 where it has exited meanwhile.</summary>
    private static long PeakOf(Process process)
    {
        try
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }
}

using System.Globalization;
using NetMon.Foundation;
using NetMon.Foundation.Logging;

namespace NetMon.Host;

/// <summary>netmon-archive, which uploads what this agent seals.</summary>
internal static class UploaderProcess
{
    /// <summary>How long the agent's end waits for what was sealed last.</summary>
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(5);

    /// <summary>Starts it; null where nothing is archived.</summary>
    /// <exception cref="IOException">It can't be started.</exception>
    public static ChildProcess? Start(RunSettings settings, FaultState fault, Logger log)
    {
        if (settings is not { Capture: { } capture, Retention: { Archive: { } target, ArchiveBandwidth: var bandwidth } })
        {
            return null;
        }

        string[] arguments =
        [
            "--capture", capture, "--to", target.ToString(), "--bandwidth", bandwidth.ToString(CultureInfo.InvariantCulture),
            LogFormatOption.Name, LogFormatOption.WordOf(settings.LogFormat), "--child",
        ];
        return new ChildProcess(new ChildProgram("netmon-archive", "--archive", arguments)
        {
            Meanwhile = "Until then nothing is uploaded, and nothing that waits is removed.",
            IfNotRunning = "; what is not in the bucket is uploaded after the next start",
            LastWord = "finish",
            LastLook = LastLook,
        }, fault, log);
    }
}

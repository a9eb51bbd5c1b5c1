using System.Globalization;
using NetMon.Foundation;
using NetMon.Foundation.Logging;

namespace NetMon.Host;

/// <summary>Runs netmon-archive, which uploads the sealed files of this agent.</summary>
internal static class UploaderProcess
{
    /// <summary>How long shutdown waits for uploads of what was sealed last.</summary>
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(5);

    /// <summary>Starts the process; null if no archive is configured.</summary>
    /// <exception cref="IOException">The process can't be started.</exception>
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
            Meanwhile = "Until then nothing is uploaded, and no waiting file is removed.",
            IfNotRunning = "; waiting files are uploaded after the next start",
            LastWord = "finish",
            LastLook = LastLook,
        }, fault, log);
    }
}

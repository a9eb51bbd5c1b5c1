using System.Globalization;
using System.Text;
using NetMon.Native;
using NetMon.Storage;

namespace NetMon.Query.Follow;

/// <summary>
/// Whether agents write to a capture directory, from the files in which they record every ten seconds up to when events are durable.
/// Trying the agent's lock instead could make an agent that starts at that moment fail.
/// </summary>
/// <param name="IsRunning">Whether an agent has written to the directory within the last 30 seconds and has not stopped.</param>
/// <param name="Until">The time up to which events are in the capture, UTC; null if no agent recorded it.</param>
internal readonly record struct AgentState(bool IsRunning, DateTime? Until)
{
    private const int MomentBytes = 64;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    /// <summary>Reads the state.</summary>
    /// <param name="directory">The capture directory.</param>
    /// <exception cref="IOException">The directory can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the directory is denied.</exception>
    public static AgentState Of(string directory)
    {
        var state = default(AgentState);
        var hot = new DirectoryInfo(Path.Combine(directory, CapturePaths.Hot));
        foreach (var file in hot.Exists ? hot.EnumerateFiles($"*{CapturePaths.SeenExtension}") : [])
        {
            if (Read(file.FullName) is not { } noted)
            {
                continue;
            }

            state = new AgentState(
                state.IsRunning || (noted.IsRunning && DateTime.UtcNow - file.LastWriteTimeUtc < Silence),
                state.Until is { } other && other > noted.Until ? other : noted.Until);
        }

        return state;
    }

    private static AgentState? Read(string path)
    {
        try
        {
            using var file = RegularFile.Open(path);
            var bytes = new byte[MomentBytes];
            var words = Encoding.ASCII.GetString(bytes, 0, RandomAccess.Read(file, bytes, 0)).Split(' ', '\n');
            return words.Length > 1 && long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var moment)
                ? new AgentState(words[1] == "running", DateTime.UnixEpoch.AddTicks(moment / TimeSpan.NanosecondsPerTick))
                : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}

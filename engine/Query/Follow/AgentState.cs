using System.Globalization;
using System.Text;
using NetMon.Native;
using NetMon.Storage;

namespace NetMon.Query.Follow;

/// <summary>
/// Whether agents write to a capture directory, by the files in which they note down every ten seconds up to when events are
/// durable. The lock that an agent holds is no way to find out: to try it would stop an agent that starts at that moment.
/// </summary>
/// <param name="IsRunning">Whether an agent wrote to it within the last half minute, and has not stopped.</param>
/// <param name="Until">Up to when events are in the capture, UTC; null where no agent noted it.</param>
internal readonly record struct AgentState(bool IsRunning, DateTime? Until)
{
    private const int MomentBytes = 64;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    /// <summary>Looks.</summary>
    /// <param name="directory">The capture directory.</param>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
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

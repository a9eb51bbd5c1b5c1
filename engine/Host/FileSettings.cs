using NetMon.Foundation.CommandLines;
using NetMon.Native;

namespace NetMon.Host;

/// <summary>The files of <c>netmon run</c>: valid paths that do not collide.</summary>
/// <param name="Json">"-" for stdout, a path to append to, or null for no JSON.</param>
/// <param name="Capture">A directory, or null.</param>
/// <param name="Record">A file, or null.</param>
internal sealed record FileSettings(string? Json, string? Capture, string? Record)
{
    /// <summary>Parses the values of the options. Throws <see cref="UsageException"/>.</summary>
    public static FileSettings Parse(string? json, string? capture, string? record, SourceSpec source)
    {
        var files = new FileSettings(
            json is null or "none" ? null : Checked("--json", json), capture is null ? null : Checked("--capture", capture), record is null ? null : Checked("--record", record));
        var replay = source is SourceSpec.Replay { Path: var path } ? Checked("--source replay:", path) : null;
        RefuseSame("--record", files.Record, "--source replay:", replay, "the recording would be emptied before it is replayed");
        RefuseSame("--json", files.JsonFile, "--source replay:", replay, "lines would be appended to the recording");
        RefuseSame("--json", files.JsonFile, "--record", files.Record, "lines and records would be mixed");
        return files;
    }

    /// <summary>Returns the path if it is valid. Throws <see cref="UsageException"/> if it can't be a path.</summary>
    public static string Checked(string option, string path)
    {
        try
        {
            Usage.CheckPath(option, path);
            return path;
        }
        catch (FormatException e)
        {
            throw new UsageException(e.Message);
        }
    }

    private string? JsonFile => Json == "-" ? null : Json;

    private static void RefuseSame(string option, string? file, string other, string? otherFile, string why)
    {
        if (file is not null && otherFile is not null && RegularFile.IsSame(file, otherFile))
        {
            throw new UsageException($"{option} {file}: the same file as {other}: {why}. Use another name");
        }
    }
}

using System.CommandLine;
using System.Text.RegularExpressions;
using NetMon.Foundation;
using NetMon.Foundation.CommandLines;
using NetMon.Foundation.Logging;
using NetMon.Query.Buckets;
using NetMon.Storage.Uploads;

namespace NetMon.Query.Commands;

/// <summary>The options for the location of the capture and how to read it, common to all commands that read one.</summary>
internal static partial class CaptureOptions
{
    private const string CaptureVariable = "NETMON_CAPTURE";

    /// <summary>The default capture directory of the service and the manifests.</summary>
    private const string UsualCapture = "/var/lib/netmon";

    private static readonly Option<string?> Capture = new("--capture")
    {
        HelpName = "DIR|s3://BUCKET[/PREFIX]",
        Description = $"the capture directory (an agent can be writing to it), or the bucket that netmon run --archive uploads to; default: {UsualCapture} if it exists [{CaptureVariable}]",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(CaptureVariable) is { Length: > 0 } variable ? variable : Directory.Exists(UsualCapture) ? UsualCapture : null,
    };

    private static readonly Option<bool> Strict = new("--strict")
    {
        Description = "fail if a file can't be read, instead of leaving it out",
    };

    private static readonly Option<string> Memory = new("--memory")
    {
        HelpName = "SIZE",
        Description = "memory limit of DuckDB, above which it spills to temporary files: 512MiB, 4GiB",
        DefaultValueFactory = _ => "1GiB",
    };

    private static readonly Option<string?> Cache = new("--cache")
    {
        HelpName = "DIR",
        Description = "cache directory for the files of a bucket (default: netmon in $XDG_CACHE_HOME or ~/.cache)",
    };

    private static readonly Option<string> CacheBytes = new("--cache-bytes")
    {
        HelpName = "SIZE",
        Description = "maximum size of the cache; the least recently used files are removed first",
        DefaultValueFactory = _ => "10GiB",
    };

    private static readonly Option<string?> LogFormat = new(LogFormatOption.Name)
    {
        HelpName = LogFormatOption.Words,
        Description = $"{LogFormatOption.Description} [{LogFormatOption.Variable}]",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(LogFormatOption.Variable) is { Length: > 0 } value ? value : LogFormatOption.Fallback,
    };

    /// <summary>Adds the options to a command.</summary>
    public static void AddTo(Command command)
    {
        foreach (var option in (Option[])[Capture, Strict, Memory, Cache, CacheBytes, LogFormat])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Adds the options of commands that copy a directory's files.</summary>
    public static void AddDirectoryTo(Command command)
    {
        command.Options.Add(Capture);
        command.Options.Add(LogFormat);
    }

    /// <summary>Parses the capture directory.</summary>
    /// <exception cref="FormatException">It is a bucket, or missing.</exception>
    public static string ReadDirectory(ParseResult parsed)
    {
        var directory = ReadCapture(parsed);
        return directory.StartsWith(UploadTarget.Scheme, StringComparison.Ordinal) ? throw new FormatException($"{Capture.Name} {directory}: expected a directory; copy the files of a bucket with the bucket's own tools") : directory;
    }

    /// <summary>Parses the options.</summary>
    /// <exception cref="FormatException">A value is invalid; the message names the option.</exception>
    public static CaptureSettings Read(ParseResult parsed)
    {
        var directory = ReadCapture(parsed);
        var memory = parsed.GetValue(Memory)!;
        return MemorySize().IsMatch(memory)
            ? new CaptureSettings(directory, Bucket(parsed, directory), memory, parsed.GetValue(Strict))
            : throw new FormatException($"{Memory.Name} {memory}: expected a size such as 512MiB or 4GiB");
    }

    private static string ReadCapture(ParseResult parsed)
    {
        if (LogFormatOption.Parse(parsed.GetValue(LogFormat)) is null)
        {
            throw new FormatException(LogFormatOption.Refusal(parsed.GetValue(LogFormat)));
        }

        if (parsed.GetValue(Capture) is not { Length: > 0 } directory)
        {
            throw new FormatException($"no capture directory: use --capture DIR or --capture s3://BUCKET/PREFIX, or set {CaptureVariable}");
        }

        Usage.CheckPath(Capture.Name, directory);
        return directory;
    }

    private static BucketSettings? Bucket(ParseResult parsed, string capture)
    {
        var bytes = ByteSize.TryParse(parsed.GetValue(CacheBytes)!) ?? throw new FormatException($"--cache-bytes {parsed.GetValue(CacheBytes)}: expected a size such as 500MiB or 10GiB");
        Usage.CheckPath(Cache.Name, parsed.GetValue(Cache) ?? "-");
        if (!capture.StartsWith(UploadTarget.Scheme, StringComparison.Ordinal))
        {
            return null;
        }

        var cache = parsed.GetValue(Cache) ?? BucketSettings.DefaultCache ?? throw new FormatException("this user has no home directory for a cache: use --cache DIR");
        return new BucketSettings(UploadTarget.Parse(capture), Path.GetFullPath(cache), bytes);
    }

    // Not zero, and no more digits than DuckDB accepts.
    [GeneratedRegex("^0*[1-9][0-9]{0,8}(\\.[0-9]{1,3})?(KiB|MiB|GiB|TiB|KB|MB|GB|TB)$", RegexOptions.CultureInvariant)]
    private static partial Regex MemorySize();
}

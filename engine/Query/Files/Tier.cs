using System.Globalization;
using NetMon.Native;
using NetMon.Query.Planning;
using NetMon.Storage;

namespace NetMon.Query.Files;

/// <summary>
/// A top-level folder of a capture, listed once: date=…/hour=…/files, or date=…/files for losses. Unexpected names are left out and
/// reported; folders outside the bounds are not read.
/// </summary>
internal sealed class Tier(string root, string name, bool byHour, Func<string, bool> isFile)
{
    private const int MostNamed = 20;
    private readonly List<LeftOut> _leftOut = [];

    /// <summary>What was not listed, with reasons.</summary>
    public IReadOnlyList<LeftOut> LeftOut => _leftOut;

    /// <summary>Lists the files within the bounds, by hour and node, in the order of their paths.</summary>
    /// <exception cref="IOException">A folder can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to a folder is denied.</exception>
    public List<HourFile> List(ScanBounds bounds)
    {
        var top = Path.Combine(root, name);
        List<HourFile> files = [];
        if (RegularFile.KindOf(top) == FileKind.Missing)
        {
            return files;
        }

        foreach (var date in Entries(top))
        {
            if (!TryParseDate(date.Name, out var day))
            {
                Refuse(date, "it is not in the folder of a date (date=2026-11-22)");
            }
            else if (IsDirectory(date) && bounds.HasDay(day))
            {
                AddDay(date.FullName, date.Name, day);
            }
        }

        return files;

        void AddDay(string folder, string key, DateTime day)
        {
            foreach (var entry in Entries(folder))
            {
                if (!byHour)
                {
                    Add(entry, key, day);
                }
                else if (!TryParseHour(entry.Name, out var hour))
                {
                    Refuse(entry, "it is not in the folder of an hour (hour=19)");
                }
                else if (IsDirectory(entry) && bounds.HasHour(day.AddHours(hour)))
                {
                    foreach (var file in Entries(entry.FullName))
                    {
                        Add(file, $"{key}/{entry.Name}", day.AddHours(hour));
                    }
                }
            }
        }

        void Add(FileSystemInfo entry, string key, DateTime start)
        {
            if (isFile(entry.Name) && bounds.HasFile(entry.Name) && IsRegular(entry))
            {
                files.Add(new HourFile(entry.FullName, key, start));
            }
        }
    }

    /// <summary>Returns the start of the last hour with a file; null if there is none.</summary>
    /// <exception cref="IOException">A folder can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to a folder is denied.</exception>
    public DateTime? LastHour()
    {
        var top = Path.Combine(root, name);
        if (RegularFile.KindOf(top) == FileKind.Missing)
        {
            return null;
        }

        foreach (var date in Entries(top).Reverse().OfType<DirectoryInfo>().Where(IsNoLink))
        {
            foreach (var hour in TryParseDate(date.Name, out var day) ? Entries(date.FullName).Reverse().OfType<DirectoryInfo>().Where(IsNoLink) : [])
            {
                if (TryParseHour(hour.Name, out var number) && Entries(hour.FullName).Any(entry => isFile(entry.Name)))
                {
                    return day.AddHours(number);
                }
            }
        }

        return null;
    }

    private static bool IsNoLink(FileSystemInfo entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0;

    /// <summary>Parses the name of a folder such as date=2026-11-22.</summary>
    public static bool TryParseDate(string name, out DateTime day)
    {
        day = default;
        return CapturePaths.IsDate(name)
            && DateTime.TryParseExact(name.AsSpan("date=".Length), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
    }

    /// <summary>Parses the name of a folder such as hour=19.</summary>
    public static bool TryParseHour(string name, out int hour)
    {
        hour = 0;
        return CapturePaths.IsHour(name) && int.TryParse(name.AsSpan("hour=".Length), NumberStyles.None, CultureInfo.InvariantCulture, out hour) && hour < 24;
    }

    private static IEnumerable<FileSystemInfo> Entries(string folder) =>
        new DirectoryInfo(folder).EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false })
            .OrderBy(entry => entry.Name, StringComparer.Ordinal);

    private bool IsDirectory(FileSystemInfo entry)
    {
        if (entry is DirectoryInfo && IsNoLink(entry))
        {
            return true;
        }

        Refuse(entry, "it is not a directory, or it is a symbolic link, which is not followed");
        return false;
    }

    private bool IsRegular(FileSystemInfo entry)
    {
        var why = RegularFile.KindOf(entry.FullName) switch
        {
            FileKind.Regular or FileKind.Missing => null,
            FileKind.Link => "it is a symbolic link, which is not followed",
            FileKind.Fifo => "it is a FIFO",
            FileKind.Directory => "it is a directory",
            _ => "it is not a regular file",
        };
        if (why is not null)
        {
            Refuse(entry, why);
        }

        return why is null;
    }

    /// <summary>Reports a folder, or a file that belongs elsewhere; other files are ignored.</summary>
    private void Refuse(FileSystemInfo entry, string why)
    {
        if ((entry is DirectoryInfo || isFile(entry.Name)) && _leftOut.Count < MostNamed)
        {
            _leftOut.Add(new LeftOut(entry.FullName, why));
        }
    }
}

using System.Globalization;
using NetMon.Storage;
using NetMon.Storage.Owners;
using NetMon.UnitTests.Storage;

namespace NetMon.UnitTests.Readers;

/// <summary>Files of owners with values that readers commonly get wrong: each combination of a name, an end and an address.</summary>
internal static class ExtremeOwners
{
    private const string Node = "größe-😀 \"it's\" \\";

    /// <summary>Unix microseconds: 1970, the present, all digits used, and the last time that all readers support.</summary>
    private static readonly long[] Times = [0, Sample.Hour19 / 1000, 1_795_375_245_123_457, 4_102_444_799_999_999];

    private static readonly OwnerName[] Names =
    [
        OwnerName.Node, new("web-0", "shop", "0d4b6a1e-3f0c-4d27-9a55-6f1f5b0b7c12", "shop/web", "StatefulSet"), new("größe-😀", "it's", "", "", ""),
        new("\"quoted\"\\", "", "", "compose\n/\u0001", ""), new("", "", new string('u', 1024), "", "\u007f"),
    ];

    private static readonly string[] Addresses = ["0.0.0.0", "10.244.1.5", "255.255.255.255", "::", "2001:db8::1:0:0:1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"];

    public static string[] Columns { get; } = [.. OwnerSchema.Columns.Select(column => column.Name)];

    /// <summary>Owners of every kind.</summary>
    public static ReadFile WriteMany(string path) => Write(
        path,
        [.. Addresses.SelectMany(address => Names.SelectMany(name => Times.SelectMany(from => Times.Select(to => (long?)to).Append(null).Select(to => new OwnerRange(address, name, from, to)))))]);

    /// <summary>A node without pods: one row, and the columns of pods have no value at all.</summary>
    public static ReadFile WriteNode(string path) => Write(path, [new OwnerRange("192.0.2.1", OwnerName.Node, Times[1])]);

    private static ReadFile Write(string path, IReadOnlyList<OwnerRange> rows)
    {
        var options = new CaptureSinkOptions { CaptureDirectory = Path.GetDirectoryName(path)!, Node = Node, AgentVersion = "0.1.0", BootId = CaptureFolder.BootId };
        OwnerFile.Write(File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite), rows, Sample.Hour19, options);
        return new ReadFile(path, [.. rows.Select(RowOf)]);
    }

    private static string?[] RowOf(OwnerRange range) =>
    [
        range.Address, Node, Known(range.Name.PodName), Known(range.Name.PodNamespace), Known(range.Name.PodUid), Known(range.Name.Workload), Known(range.Name.WorkloadKind),
        range.Name.IsNode ? "true" : null, range.From.ToString(CultureInfo.InvariantCulture), range.To?.ToString(CultureInfo.InvariantCulture),
    ];

    private static string? Known(string text) => text.Length > 0 ? text : null;
}

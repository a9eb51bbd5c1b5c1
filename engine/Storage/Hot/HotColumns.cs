using Apache.Arrow;
using Apache.Arrow.Types;

namespace NetMon.Storage.Hot;

/// <summary>The columns of a hot segment, in their order; <c>schemas/hot.md</c> documents them.</summary>
internal static class HotColumns
{
    /// <summary>The value of <c>netmon.hot_version</c> in the schema; raised whenever a byte of the schema message changes.</summary>
    public const string Version = "1";

    public const int Timestamp = 0;
    public const int Kind = 1;
    public const int Direction = 2;
    public const int CloseReason = 3;
    public const int Flags = 4;
    public const int SourceAddress = 5;
    public const int DestinationAddress = 6;
    public const int SourcePort = 7;
    public const int DestinationPort = 8;
    public const int NetworkNamespace = 9;
    public const int Pid = 10;
    public const int Uid = 11;
    public const int CgroupId = 12;
    public const int Process = 13;
    public const int Elapsed = 14;
    public const int BytesSent = 15;
    public const int BytesReceived = 16;
    public const int SmoothedRtt = 17;
    public const int Retransmits = 18;
    public const int Error = 19;

    /// <summary>The last one: indices into the dictionary, null for a process of the host.</summary>
    public const int Container = 20;

    public const int Count = 21;

    /// <summary>Texts of a container, in the order of the dictionary's struct.</summary>
    public const int ContainerTexts = 6;

    /// <summary>Bytes of a value, by column.</summary>
    public static readonly int[] Widths = [8, 1, 1, 1, 1, 16, 16, 2, 2, 4, 4, 4, 8, 16, 8, 8, 8, 4, 4, 4, 2];

    public static readonly StructType ContainerType = new(
    [
        Text("container_id"), Text("pod_uid"), Text("pod_name"), Text("pod_namespace"), Text("container_name"), Text("image"),
    ]);

    /// <summary>A 16-bit index: a dictionary has <see cref="HotLimits.Containers"/> entries or fewer.</summary>
    public static readonly DictionaryType ContainerIndexType = new(Int16Type.Default, ContainerType, ordered: false);

    /// <summary>The schema of a segment whose node and boot are these.</summary>
    public static Schema SchemaOf(string node, string bootId) => new(
        [
            new("timestamp", new TimestampType(TimeUnit.Nanosecond, "UTC"), false), Number("kind", UInt8Type.Default),
            Number("direction", UInt8Type.Default), Number("ending", UInt8Type.Default), Number("flags", UInt8Type.Default),
            Bytes("src_ip"), Bytes("dst_ip"), Number("src_port", UInt16Type.Default), Number("dst_port", UInt16Type.Default),
            Number("netns", UInt32Type.Default), Number("pid", UInt32Type.Default), Number("uid", UInt32Type.Default),
            Number("cgroup_id", UInt64Type.Default), Bytes("process"), Number("elapsed_ns", UInt64Type.Default),
            Number("bytes_sent", UInt64Type.Default), Number("bytes_received", UInt64Type.Default),
            Number("rtt_us", UInt32Type.Default), Number("retransmits", UInt32Type.Default), Number("errno", UInt32Type.Default),
            new("container", ContainerIndexType, true),
        ],
        new Dictionary<string, string> { ["netmon.hot_version"] = Version, ["netmon.node"] = node, ["netmon.boot_id"] = bootId });

    private static Field Text(string name) => new(name, StringType.Default, false);

    private static Field Number(string name, IArrowType type) => new(name, type, false);

    private static Field Bytes(string name) => new(name, new FixedSizeBinaryType(16), false);
}

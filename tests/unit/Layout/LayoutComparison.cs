using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NetMon.UnitTests.Layout;

/// <summary>Compares a C struct with its C# mirror by the actual bytes of each field.</summary>
internal static class LayoutComparison
{
    /// <summary>
    /// The differences; empty if there are none. The table maps each C field to the C# field that mirrors it, or to several fields in
    /// order.
    /// </summary>
    public static IReadOnlyList<string> Differences<TMirror>(BtfStruct c, IReadOnlyList<(string C, string[] Mirror)> table)
        where TMirror : unmanaged
    {
        var differences = new List<string>();
        if (Unsafe.SizeOf<TMirror>() != c.Bytes)
        {
            differences.Add($"{c.Name} has {c.Bytes} bytes, {typeof(TMirror).Name} {Unsafe.SizeOf<TMirror>()}");
        }

        var fields = typeof(TMirror).GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).ToDictionary(f => f.Name);
        differences.AddRange(c.Fields.Where(f => table.All(row => row.C != f.Name)).Select(f => $"{c.Name}.{f.Name} is not in the table"));
        differences.AddRange(fields.Keys.Where(f => table.All(row => !row.Mirror.Contains(f))).Select(f => $"{typeof(TMirror).Name}.{f} is not in the table"));
        foreach (var (name, mirrors) in table)
        {
            var field = c.Fields.SingleOrDefault(f => f.Name == name);
            if (field is null || mirrors.Any(m => !fields.ContainsKey(m)))
            {
                differences.Add($"{c.Name}.{name} or its mirror {string.Join(", ", mirrors)} does not exist");
                continue;
            }

            var at = field.Offset;
            foreach (var mirror in mirrors)
            {
                var (offset, bytes) = Place<TMirror>(fields[mirror]);
                if (offset != at)
                {
                    differences.Add($"{c.Name}.{name} is at {at}, {mirror} at {offset}");
                }

                at += bytes;
            }

            if (at - field.Offset != field.Bytes)
            {
                differences.Add($"{c.Name}.{name} has {field.Bytes} bytes, {string.Join(", ", mirrors)} {at - field.Offset}");
            }
        }

        return differences;
    }

    private static (int Offset, int Bytes) Place<TMirror>(FieldInfo field)
        where TMirror : unmanaged =>
        ((int, int))typeof(LayoutComparison).GetMethod(nameof(PlaceOf), BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(typeof(TMirror), field.FieldType).Invoke(null, [field])!;

    /// <summary>Sets all bits of one field and reports which bytes of the struct have changed.</summary>
    private static (int Offset, int Bytes) PlaceOf<TMirror, TField>(FieldInfo field)
        where TMirror : unmanaged
        where TField : unmanaged
    {
        var ones = new byte[Unsafe.SizeOf<TField>()];
        ones.AsSpan().Fill(0xff);
        object boxed = default(TMirror);
        field.SetValue(boxed, MemoryMarshal.Read<TField>(ones));
        var mirror = (TMirror)boxed;
        var bytes = MemoryMarshal.AsBytes(new Span<TMirror>(ref mirror));
        return (bytes.IndexOf((byte)0xff), bytes.Count((byte)0xff));
    }
}

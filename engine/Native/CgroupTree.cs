using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace NetMon.Native;

/// <summary>Reads a cgroup hierarchy: the inode of each directory, which is the cgroup's id (fs/kernfs/dir.c), and its path.</summary>
internal static unsafe class CgroupTree
{
    private const int MaxDepth = 64;
    private const int MaxPath = 4096;
    private const int EntryHeader = 19; // struct linux_dirent64: ino u64, off s64, reclen u16, type u8, then the name
    private const byte IsDirectory = 4; // DT_DIR
    private const int OpenDirectory = 0x10000; // O_DIRECTORY; differs on arm64, see below
    private const int OpenDirectoryArm64 = 0x4000;
    private static readonly bool Arm64 = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>
    /// Visits the directory and its descendants, parents first. Directories that disappear meanwhile are skipped. False if the directory itself
    /// can't be read.
    /// </summary>
    public static bool Walk(int directory, CgroupVisitor visit)
    {
        visit(FileInode.Of(directory), "/"u8);
        var path = new byte[MaxPath];
        var own = Libc.OpenAt(directory, ".", DirectoryFlags, 0); // reading moves the descriptor's offset
        return own >= 0 && WalkBelow(own, path, 0, 0, visit);
    }

    private static int DirectoryFlags => Libc.CloseOnExec | (Arm64 ? OpenDirectoryArm64 : OpenDirectory);

    /// <summary>Visits the directories below; closes the descriptor.</summary>
    private static bool WalkBelow(int directory, byte[] path, int length, int depth, CgroupVisitor visit)
    {
        const int bufferBytes = 8192;
        var buffer = (byte*)NativeMemory.Alloc(bufferBytes);
        try
        {
            while (true)
            {
                var read = (int)Libc.Syscall(Arm64 ? 61 : 217, directory, (nint)buffer, bufferBytes, 0, 0); // getdents64
                if (read <= 0)
                {
                    return read == 0;
                }

                for (var at = 0; at < read;)
                {
                    var entry = new ReadOnlySpan<byte>(buffer + at, read - at);
                    var size = BinaryPrimitives.ReadUInt16LittleEndian(entry[16..]);
                    var name = entry[EntryHeader..size];
                    name = name[..name.IndexOf((byte)0)];
                    if (entry[18] == IsDirectory && !name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8) && length + 1 + name.Length <= MaxPath)
                    {
                        path[length] = (byte)'/';
                        name.CopyTo(path.AsSpan(length + 1));
                        var end = length + 1 + name.Length;
                        visit(BinaryPrimitives.ReadUInt64LittleEndian(entry), path.AsSpan(0, end));
                        var child = depth < MaxDepth ? Libc.OpenAt(directory, Encoding.UTF8.GetString(name), DirectoryFlags, 0) : -1;
                        _ = child >= 0 && WalkBelow(child, path, end, depth + 1, visit);
                    }

                    at += size;
                }
            }
        }
        finally
        {
            NativeMemory.Free(buffer);
            _ = Libc.Close(directory);
        }
    }
}

using System.Globalization;
using Xunit;

namespace NetMon.LiveTests.Support;

/// <summary>An ext4 of few MiB on a loop device, mounted in a folder of its own. Skips the test where that is not allowed.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _image;
    private readonly string _format;

    /// <param name="scratch">Has the image and the folder.</param>
    /// <param name="mebibytes">Its size.</param>
    /// <param name="options">More for mkfs.ext4.</param>
    public SmallDisk(Scratch scratch, int mebibytes, string options = "")
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root may mount the small disk");
        Needs.Program("mkfs.ext4");
        (_image, Path) = (scratch["disk.img"], scratch["disk"]);
        Directory.CreateDirectory(Path);
        _format = string.Create(CultureInfo.InvariantCulture, $"truncate -s {mebibytes}M {_image} && mkfs.ext4 -q -m 0 -F {options} {_image}");
        Shell.Script(_format).MustSucceed();
        var mounted = Shell.Script(MountScript);
        Assert.SkipUnless(mounted.ExitCode == 0, $"a small disk can't be mounted here: {mounted.Error}");
    }

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    /// <summary>By a loop device of its own: one that an unmounted file system still uses is broken as that is.</summary>
    private string MountScript => $"loop=$(losetup -f --show {_image}) && mount -o errors=remount-ro $loop {Path} && losetup -d $loop";

    /// <summary>Bytes that are free.</summary>
    public long Free => new DriveInfo(Path).AvailableFreeSpace;

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Takes all room but so many bytes.</summary>
    public void Fill(long butBytes)
    {
        using var file = new FileStream(Filler, FileMode.Append);
        try
        {
            for (var left = Free - butBytes; left > 0; left = Free - butBytes)
            {
                file.Write(new byte[Math.Min(left, 1 << 16)]);
                file.Flush(flushToDisk: true);
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Empty() => File.Delete(Filler);

    /// <summary>Takes all inodes.</summary>
    public void TakeInodes() => Shell.Script($"mkdir {Path}/inodes; cd {Path}/inodes; i=0; while true > $i; do i=$((i+1)); done 2>/dev/null; [ $i -gt 0 ]").MustSucceed();

    /// <summary>Gives them back.</summary>
    public void ReturnInodes() => Directory.Delete(System.IO.Path.Combine(Path, "inodes"), recursive: true);

    /// <summary>Makes the kernel find an error, upon which the file system is read-only. False where the kernel can't be asked to.</summary>
    public bool TryBreak() => Shell.Script($"echo test > /sys/fs/ext4/$(basename $(findmnt -n -o SOURCE {Path}))/trigger_fs_error").ExitCode == 0;

    /// <summary>Takes the device from under the file system, as when a disk is pulled out: it has no sectors any more.</summary>
    public void RemoveDevice() => Shell.Script($"loop=$(findmnt -n -o SOURCE {Path}) && truncate -s 0 {_image} && losetup --set-capacity $loop").MustSucceed();

    /// <summary>Mounts an empty one over what is there.</summary>
    public void Replace() => Shell.Script($"rm {_image} && {_format} && {MountScript}").MustSucceed();

    /// <summary>Takes it away from under whoever uses it.</summary>
    public void Unmount() => Shell.Run("umount", "-l", Path).MustSucceed();

    /// <summary>Mounts it anew, over what is there.</summary>
    public void Mount() => Shell.Script(MountScript).MustSucceed();

    public void Dispose() => Shell.Script($"while umount -l {Path} 2>/dev/null; do :; done");
}

using System.Globalization;
using Xunit;

namespace NetMon.LiveTests.Support;

/// <summary>A small ext4 on a loop device, mounted in its own folder. Skips the test if that is not allowed.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _image;
    private readonly string _format;

    /// <param name="scratch">The folder of the image and the mount point.</param>
    /// <param name="mebibytes">Its size.</param>
    /// <param name="options">Additional arguments of mkfs.ext4.</param>
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

    /// <summary>Uses a separate loop device: one that an unmounted file system still uses is as broken as that file system.</summary>
    private string MountScript => $"loop=$(losetup -f --show {_image}) && mount -o errors=remount-ro $loop {Path} && losetup -d $loop";

    /// <summary>Free bytes.</summary>
    public long Free => new DriveInfo(Path).AvailableFreeSpace;

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Fills the disk, except for this many bytes.</summary>
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
            // The disk is full.
        }
    }

    /// <summary>Frees the space again.</summary>
    public void Empty() => File.Delete(Filler);

    /// <summary>Takes all inodes.</summary>
    public void TakeInodes() => Shell.Script($"mkdir {Path}/inodes; cd {Path}/inodes; i=0; while true > $i; do i=$((i+1)); done 2>/dev/null; [ $i -gt 0 ]").MustSucceed();

    /// <summary>Frees the inodes again.</summary>
    public void ReturnInodes() => Directory.Delete(System.IO.Path.Combine(Path, "inodes"), recursive: true);

    /// <summary>Makes the kernel detect an error, which makes the file system read-only. False if the kernel does not support it.</summary>
    public bool TryBreak() => Shell.Script($"echo test > /sys/fs/ext4/$(basename $(findmnt -n -o SOURCE {Path}))/trigger_fs_error").ExitCode == 0;

    /// <summary>Removes the device under the file system, as when a disk is pulled out: it has no sectors any more.</summary>
    public void RemoveDevice() => Shell.Script($"loop=$(findmnt -n -o SOURCE {Path}) && truncate -s 0 {_image} && losetup --set-capacity $loop").MustSucceed();

    /// <summary>Mounts an empty file system over the current one.</summary>
    public void Replace() => Shell.Script($"rm {_image} && {_format} && {MountScript}").MustSucceed();

    /// <summary>Unmounts it while in use.</summary>
    public void Unmount() => Shell.Run("umount", "-l", Path).MustSucceed();

    /// <summary>Mounts it again, over the current contents.</summary>
    public void Mount() => Shell.Script(MountScript).MustSucceed();

    public void Dispose() => Shell.Script($"while umount -l {Path} 2>/dev/null; do :; done");
}

using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The Debian package on a debootstrapped Debian run by systemd: installed, started, queried, upgraded, removed, purged.</summary>
[Trait("suite", "package")]
public sealed class PackageTests(ITestOutputHelper output)
{
    private const string Ask = "netmon query --format csv \"SELECT type, process, count(*) AS n FROM events WHERE dst_port = 7007 GROUP BY ALL ORDER BY ALL\"";

    private static string Package
    {
        get
        {
            var found = Directory.GetFiles(Path.Combine(Repository.Root, "artifacts"), "netmon_*.deb");
            Assert.SkipUnless(found.Length == 1, "needs the package: make package");
            return found[0];
        }
    }

    [Fact]
    public void System_tools_install_start_upgrade_and_remove_the_package()
    {
        var package = Package;
        using var machine = Machine.Start();
        machine.Put(package, "/home/netmon.deb");

        // Type=notify: once systemctl returns, the service is tracing.
        output.WriteLine(machine.Script("dpkg -i /home/netmon.deb").MustSucceed().Output);
        Assert.Equal("active\nenabled\n", machine.Script("systemctl is-active netmon; systemctl is-enabled netmon").Output);
        Assert.Contains(" info agent: ready: ", machine.Script("journalctl -u netmon --no-pager").MustSucceed().Output, StringComparison.Ordinal);
        Assert.NotEqual(0, machine.Script("bash -c 'exec 3<>/dev/tcp/127.0.0.1/7007'").ExitCode);
        WaitFor.True(() => machine.Script(Ask).Output.Contains("CONNECT,bash,1", StringComparison.Ordinal), "the refused connection in an answer");

        // Only owner and group may read its files, and the service can't see home directories.
        Assert.Equal("750 root\n", machine.Script("stat -c '%a %U' /var/lib/netmon").Output);
        Assert.Equal("", machine.Script("find /var/lib/netmon -type f -perm /007").Output);
        var status = machine.Script("cat /proc/$(systemctl show -P MainPID netmon)/status").MustSucceed().Output;
        Assert.Contains("NoNewPrivs:\t1\n", status, StringComparison.Ordinal);
        Assert.Contains("Seccomp:\t2\n", status, StringComparison.Ordinal);
        Assert.Equal("", machine.Script("ls /proc/$(systemctl show -P MainPID netmon)/root/home").Output); // where the package is
        output.WriteLine(machine.Script("systemd-analyze security netmon --no-pager | tail -n 1").Output);

        // An upgrade is a restart; a restart loses no file.
        machine.Script("dpkg -i /home/netmon.deb").MustSucceed();
        Assert.Equal("active\n", machine.Script("systemctl is-active netmon").Output);
        Assert.Contains("CONNECT,bash,1", machine.Script(Ask).MustSucceed().Output, StringComparison.Ordinal);

        Assert.Contains("netmon query", machine.Script("man netmon").MustSucceed().Output, StringComparison.Ordinal);
        Assert.Contains("--retain-for", machine.Script("bash -c '. /usr/share/bash-completion/completions/netmon; COMP_WORDS=(netmon run --ret); COMP_CWORD=2; COMP_LINE=\"netmon run --ret\"; COMP_POINT=16; compopt() { :; }; _netmon; echo ${COMPREPLY[@]}'").Output, StringComparison.Ordinal);

        machine.Script("dpkg -r netmon").MustSucceed();
        Assert.NotEqual(0, machine.Script("systemctl cat netmon").ExitCode);
        Assert.Equal("", machine.Script("pgrep -x netmon; ls -d /sys/fs/bpf/netmon 2>/dev/null").Output);
        Assert.NotEqual("", machine.Script("find /var/lib/netmon -name '*.parquet'").Output);
        machine.Script("dpkg -P netmon").MustSucceed();
        Assert.Equal("", machine.Script("ls -d /var/lib/netmon /etc/default/netmon 2>/dev/null").Output);
    }

    [Fact]
    public void A_crash_is_restarted_and_a_wrong_option_is_not()
    {
        var package = Package;
        using var machine = Machine.Start();
        machine.Put(package, "/home/netmon.deb");
        machine.Script("dpkg -i /home/netmon.deb").MustSucceed();
        var pid = machine.Script("systemctl show -P MainPID netmon").Output;
        machine.Script($"kill -KILL {pid}").MustSucceed();
        WaitFor.True(() => machine.Script("systemctl show -P NRestarts netmon").Output == "1\n" && machine.Script("systemctl is-active netmon").Output == "active\n", "the agent to run again");

        machine.Script("echo NETMON_RETAIN_FOR=soon >>/etc/default/netmon; systemctl restart netmon");
        Assert.Equal("failed\n", machine.Script("systemctl is-active netmon").Output);
        Assert.Equal("2\n", machine.Script("systemctl show -P ExecMainStatus netmon").Output);
        Assert.Contains("--retain-for soon", machine.Script("journalctl -u netmon --no-pager").Output, StringComparison.Ordinal);
    }
}

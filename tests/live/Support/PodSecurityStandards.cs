using k8s.Models;

namespace NetMon.LiveTests.Support;

/// <summary>
/// The rules of the Pod Security Standards (kubernetes.io/docs/concepts/security/pod-security-standards, v1.32) for Linux pods: those
/// that a pod violates, as "level:control: what".
/// </summary>
internal static class PodSecurityStandards
{
    private static readonly HashSet<string> BaselineCapabilities =
    [
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    ];

    private static readonly HashSet<string> SafeSysctls =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
        "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
    ];

    private static readonly HashSet<string> SelinuxTypes = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

    /// <summary>Every violated rule, sorted; includes containers of all kinds.</summary>
    public static IReadOnlyList<string> BrokenBy(V1PodSpec pod)
    {
        var containers = (pod.InitContainers ?? []).Concat(pod.Containers).ToList();
        return [.. Baseline(pod, containers).Select(rule => $"baseline: {rule}").Concat(Restricted(pod, containers).Select(rule => $"restricted: {rule}")).Distinct().Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Baseline(V1PodSpec pod, List<V1Container> containers)
    {
        foreach (var (isSet, name) in new[] { (pod.HostNetwork == true, "hostNetwork"), (pod.HostPID == true, "hostPID"), (pod.HostIPC == true, "hostIPC") })
        {
            if (isSet)
            {
                yield return $"host namespaces: {name}";
            }
        }

        foreach (var volume in (pod.Volumes ?? []).Where(volume => volume.HostPath is not null))
        {
            yield return $"hostPath volumes: {volume.HostPath.Path}";
        }

        foreach (var sysctl in (pod.SecurityContext?.Sysctls ?? []).Where(sysctl => !SafeSysctls.Contains(sysctl.Name)))
        {
            yield return $"sysctls: {sysctl.Name}";
        }

        foreach (var container in containers)
        {
            var security = container.SecurityContext;
            if (security?.Privileged == true)
            {
                yield return "privileged containers";
            }

            foreach (var capability in (security?.Capabilities?.Add ?? []).Where(capability => !BaselineCapabilities.Contains(capability)))
            {
                yield return $"capabilities: {capability}";
            }

            foreach (var port in (container.Ports ?? []).Where(port => port.HostPort is > 0))
            {
                yield return $"host ports: {port.HostPort}";
            }

            if ((security?.ProcMount ?? "Default") != "Default")
            {
                yield return "/proc mount type";
            }

            if (SeccompOf(pod, container) == "Unconfined")
            {
                yield return "seccomp: Unconfined";
            }

            if ((security?.AppArmorProfile ?? pod.SecurityContext?.AppArmorProfile)?.Type == "Unconfined")
            {
                yield return "AppArmor: Unconfined";
            }

            if ((security?.SeLinuxOptions ?? pod.SecurityContext?.SeLinuxOptions) is { } selinux
                && (!SelinuxTypes.Contains(selinux.Type ?? "") || !string.IsNullOrEmpty(selinux.User) || !string.IsNullOrEmpty(selinux.Role)))
            {
                yield return "SELinux";
            }
        }
    }

    private static IEnumerable<string> Restricted(V1PodSpec pod, List<V1Container> containers)
    {
        foreach (var volume in (pod.Volumes ?? []).Where(volume => volume is
        { ConfigMap: null, Csi: null, DownwardAPI: null, EmptyDir: null, Ephemeral: null, PersistentVolumeClaim: null, Projected: null, Secret: null }))
        {
            yield return $"volume types: {volume.Name}";
        }

        foreach (var container in containers)
        {
            var security = container.SecurityContext;
            if (security?.AllowPrivilegeEscalation != false)
            {
                yield return "privilege escalation";
            }

            if ((security?.RunAsNonRoot ?? pod.SecurityContext?.RunAsNonRoot) != true)
            {
                yield return "running as non-root";
            }

            if ((security?.RunAsUser ?? pod.SecurityContext?.RunAsUser) == 0)
            {
                yield return "running as non-root user";
            }

            if (SeccompOf(pod, container) is not ("RuntimeDefault" or "Localhost"))
            {
                yield return "seccomp";
            }

            if (security?.Capabilities?.Drop?.Contains("ALL") != true)
            {
                yield return "capabilities: not all dropped";
            }

            foreach (var capability in (security?.Capabilities?.Add ?? []).Where(capability => capability != "NET_BIND_SERVICE"))
            {
                yield return $"capabilities: {capability}";
            }
        }
    }

    private static string? SeccompOf(V1PodSpec pod, V1Container container) => (container.SecurityContext?.SeccompProfile ?? pod.SecurityContext?.SeccompProfile)?.Type;
}

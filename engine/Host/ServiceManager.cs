using System.Net.Sockets;
using System.Text;
using NetMon.Foundation.Logging;

namespace NetMon.Host;

/// <summary>Reports the state of the service to systemd, if it started this process with notifications enabled (sd_notify(3)). Thread-safe.</summary>
internal static class ServiceManager
{
    private const string Variable = "NOTIFY_SOCKET";

    /// <summary>Reports that the service is up: systemctl start returns.</summary>
    public static void Ready(Logger log) => Send("READY=1", log);

    /// <summary>Reports that the service is shutting down.</summary>
    public static void Stopping(Logger log) => Send("STOPPING=1", log);

    private static void Send(string state, Logger log)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } address)
        {
            return;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.Blocking = false; // a manager that does not read must not block the agent
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(address[0] == '@' ? '\0' + address[1..] : address));
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            log.Warn($"{Variable}={address}: systemd can't be notified of {state} ({e.Message}); with Type=notify it stops this service when the start timeout expires");
        }
    }
}

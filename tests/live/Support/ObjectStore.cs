using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Xunit;

namespace NetMon.LiveTests.Support;

/// <summary>A test's own S3 server on loopback: moto, which keeps everything in memory. Killed at the end of the test.</summary>
internal sealed class ObjectStore : IDisposable
{
    private const string Program = "moto_server";
    private static readonly HttpClient Http = MakeClient();
    private readonly int _port = FreePort();
    private readonly string _log;
    private Process _process;

    public ObjectStore(string log)
    {
        Assert.SkipUnless(Shell.Script($"command -v {Program}").ExitCode == 0, $"needs the S3 server {Program} (Python's moto with its server: pip install 'moto[server,s3,iam]')");
        _log = log;
        _process = Start();
    }

    public string Url => $"http://127.0.0.1:{_port}";

    /// <summary>The requests answered so far, one line each.</summary>
    public string[] Requests => File.Exists(_log) ? [.. File.ReadAllLines(_log).Where(line => line.Contains(" HTTP/1.1\" ", StringComparison.Ordinal))] : [];

    public void MakeBucket(string name) => Put(name, []);

    public void Put(string path, byte[] bytes) => Send(HttpMethod.Put, path, bytes);

    /// <summary>From now on requests must be signed with known credentials; none are known.</summary>
    public void RefuseAllCredentials() => Send(HttpMethod.Post, "moto-api/reset-auth", "0"u8.ToArray());

    /// <summary>An object's bytes; null if there is none.</summary>
    public byte[]? Get(string path)
    {
        using var answer = Http.Send(new HttpRequestMessage(HttpMethod.Get, $"{Url}/{path}"));
        using var bytes = new MemoryStream();
        answer.Content.ReadAsStream().CopyTo(bytes);
        return answer.StatusCode == HttpStatusCode.OK ? bytes.ToArray() : null;
    }

    /// <summary>Simulates a power failure: the stored objects are lost.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Starts it after a kill, on the same port.</summary>
    public void StartAgain() => _process = Start();

    public void Signal(string name) => Shell.Script($"kill -{name} {_process.Id}").MustSucceed();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    /// <summary>Any signature works, but reading a private object requires one.</summary>
    private static HttpClient MakeClient()
    {
        var client = new HttpClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0");
        return client;
    }

    private void Send(HttpMethod method, string path, byte[] bytes)
    {
        using var answer = Http.Send(new HttpRequestMessage(method, $"{Url}/{path}") { Content = new ByteArrayContent(bytes) });
        answer.EnsureSuccessStatusCode();
    }

    private Process Start()
    {
        var started = Process.Start("/bin/sh", ["-c", $"exec {Program} -H 127.0.0.1 -p {_port} >>{_log} 2>&1"]);
        WaitFor.True(IsUp, $"{Program} on port {_port}: {_log}");
        return started;
    }

    private bool IsUp()
    {
        try
        {
            using var connection = new TcpClient("127.0.0.1", _port);
            return connection.Connected;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NetMon.Kubernetes.Watching;

/// <summary>
/// Verifies that a server's certificate is signed by an authority in a file, which is read for each connection because authorities may be replaced while this
/// process runs. Thread-safe.
/// </summary>
/// <param name="authorityFile">Certificates, PEM.</param>
internal sealed class ServerTrust(string authorityFile)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private volatile string? _why;

    /// <summary>Why the last certificate was rejected; null if it was accepted.</summary>
    public string? Why => _why;

    /// <summary>A callback of <see cref="SslClientAuthenticationOptions"/>.</summary>
    public bool Accepts(object sender, X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        _why = Refusal(certificate, presented, errors);
        return _why is null;
    }

    private string? Refusal(X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 server || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "the server has no certificate";
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return "the server's certificate is for another name";
        }

        try
        {
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(authorityFile);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.DisableCertificateDownloads = true;
            chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
            if (presented is not null)
            {
                chain.ChainPolicy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
            }

            return chain.Build(server) ? null
                : $"the server's certificate is not trusted by {authorityFile}: {string.Join(", ", chain.ChainStatus.Select(status => status.Status).Distinct())}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return $"{authorityFile}: {e.Message.TrimEnd('.')}";
        }
    }
}

namespace NetMon.Host;

/// <summary>The value of --node.</summary>
internal static class NodeName
{
    private const int Longest = 253; // limit of a host name (RFC 1035)

    /// <summary>Returns the name if it is valid. Throws <see cref="UsageException"/> if it is too long or has control characters.</summary>
    public static string Checked(string name) =>
        name.Length <= Longest && !name.Any(char.IsControl) ? name : throw new UsageException($"--node {name}: expected a name of up to {Longest} characters, such as a host's");
}

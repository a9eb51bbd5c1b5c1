using NetMon.Foundation.CommandLines;

namespace NetMon.Host;

/// <summary>What the user asked for can't be understood; the message says which option, and what it takes.</summary>
internal sealed class UsageException(string message) : Exception(Usage.OneLine(message));

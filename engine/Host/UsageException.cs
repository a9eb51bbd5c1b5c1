using NetMon.Foundation.CommandLines;

namespace NetMon.Host;

/// <summary>Invalid user input. The message names the option and the accepted values.</summary>
internal sealed class UsageException(string message) : Exception(Usage.OneLine(message));

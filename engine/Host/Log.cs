namespace NetMon.Host;

/// <summary>Messages for people, on stderr; stdout is for events alone.</summary>
internal static class Log
{
    private static readonly Lock Gate = new();

    /// <summary>One message; it may span lines.</summary>
    public static void Line(string message)
    {
        lock (Gate)
        {
            try
            {
                Console.Error.WriteLine(message);
            }
            catch (IOException)
            {
                // Nobody reads stderr. There is no other place to say so.
            }
        }
    }
}

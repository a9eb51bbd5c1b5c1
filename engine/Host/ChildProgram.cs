namespace NetMon.Host;

/// <summary>The program that a <see cref="ChildProcess"/> runs.</summary>
/// <param name="Name">The executable, in the agent's folder or on the PATH.</param>
/// <param name="Option">The agent's option that requires it.</param>
/// <param name="Arguments">Its command line.</param>
internal sealed record ChildProgram(string Name, string Option, string[] Arguments)
{
    /// <summary>A sentence for the log on the consequences while it is not running.</summary>
    public required string Meanwhile { get; init; }

    /// <summary>The consequences if it is not running when the agent stops, appended after a semicolon; empty: none.</summary>
    public string IfNotRunning { get; init; } = "";

    /// <summary>A line to its stdin on which it completes its work and exits; null: it exits when its stdin is closed.</summary>
    public string? LastWord { get; init; }

    /// <summary>How long it may work after that line.</summary>
    public TimeSpan LastLook { get; init; }

    /// <summary>Reads its stdout to the end; null: its stdout is the agent's. An exception ends the child.</summary>
    public Func<Stream, CancellationToken, Task>? ReadOutput { get; init; }

    /// <summary>Whether it inherits an environment variable.</summary>
    public Func<string, bool> MayKnow { get; init; } = _ => true;
}

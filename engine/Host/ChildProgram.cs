namespace NetMon.Host;

/// <summary>What <see cref="ChildProcess"/> has to know about the program that it starts.</summary>
/// <param name="Name">The executable, beside this one or on the PATH.</param>
/// <param name="Option">The agent's option that needs it.</param>
/// <param name="Arguments">Its command line.</param>
internal sealed record ChildProgram(string Name, string Option, string[] Arguments)
{
    /// <summary>A sentence on what it means that it is not running for a while.</summary>
    public required string Meanwhile { get; init; }

    /// <summary>What it means that it is not running when the agent ends, behind a semicolon; empty: nothing.</summary>
    public string IfNotRunning { get; init; } = "";

    /// <summary>A line to its stdin by which it ends once its work is done; null: it ends when its stdin does.</summary>
    public string? LastWord { get; init; }

    /// <summary>How long it may work on after that.</summary>
    public TimeSpan LastLook { get; init; }

    /// <summary>Reads its stdout to the end; null: its stdout is the agent's. What it throws ends the child.</summary>
    public Func<Stream, CancellationToken, Task>? ReadOutput { get; init; }

    /// <summary>Whether it gets an environment variable.</summary>
    public Func<string, bool> MayKnow { get; init; } = _ => true;
}

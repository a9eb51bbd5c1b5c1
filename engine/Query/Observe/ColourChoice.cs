namespace NetMon.Query.Observe;

/// <summary>Whether output is coloured: by --color, else by NO_COLOR (no-color.org), else if it is a terminal.</summary>
internal static class ColourChoice
{
    public const string Words = "auto|always|never";

    /// <exception cref="FormatException">The value is unknown.</exception>
    public static bool Of(string option, string value) => value switch
    {
        "always" => true,
        "never" => false,
        "auto" => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "" && Environment.GetEnvironmentVariable("TERM") is not "dumb",
        _ => throw new FormatException($"{option} {value}: expected auto, always or never"),
    };
}

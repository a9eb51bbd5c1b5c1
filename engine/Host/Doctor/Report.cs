namespace NetMon.Host.Doctor;

/// <summary>The doctor's table of marks, names and results.</summary>
internal sealed class Report(TextWriter output)
{
    private const int NameWidth = 38;

    public void Heading(string text) => output.WriteLine($"\n{text}");

    public void Fact(string name, string value) => Line(" ", name, value);

    public void Good(string name, string value) => Line("✓", name, value);

    public void Bad(string name, string value) => Line("✗", name, value);

    public void Is(bool good, string name, string value) => Line(good ? "✓" : "✗", name, value);

    /// <summary>Adds a row on which the overall result does not depend.</summary>
    public void Row(string name, bool good, string value) => Line(good ? "✓" : "-", name, value);

    private void Line(string mark, string name, string value) =>
        output.WriteLine($"{mark} {name.PadRight(NameWidth)} {value.ReplaceLineEndings("\n" + new string(' ', NameWidth + 3))}");
}

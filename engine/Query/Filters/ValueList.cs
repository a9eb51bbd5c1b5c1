namespace NetMon.Query.Filters;

/// <summary>The values of a repeatable option with comma-separated values; a leading ! excludes what a value matches.</summary>
/// <param name="Wanted">At least one of these must match, unless empty.</param>
/// <param name="Unwanted">None of these may match.</param>
internal sealed record ValueList<T>(IReadOnlyList<T> Wanted, IReadOnlyList<T> Unwanted)
{
    private const int MostValues = 100;

    public bool IsEmpty => Wanted.Count == 0 && Unwanted.Count == 0;

    /// <summary>Parses the values.</summary>
    /// <param name="option">The option's name, for messages.</param>
    /// <param name="texts">The values given.</param>
    /// <param name="parse">Parses a value; throws if it is malformed.</param>
    /// <exception cref="FormatException">A value is empty or malformed; the message names the option.</exception>
    public static ValueList<T> Parse(string option, IReadOnlyList<string> texts, Func<string, T> parse)
    {
        List<T> wanted = [];
        List<T> unwanted = [];
        foreach (var text in texts.SelectMany(text => text.Split(',')))
        {
            var value = text.Trim();
            var list = value is ['!', ..] ? unwanted : wanted;
            value = list == unwanted ? value[1..] : value;
            if (value.Length == 0)
            {
                throw new FormatException($"{option} {string.Join(',', texts)}: a value is empty");
            }

            list.Add(parse(value));
        }

        return wanted.Count + unwanted.Count <= MostValues ? new ValueList<T>(wanted, unwanted) : throw new FormatException($"{option}: expected at most {MostValues} values");
    }

    /// <summary>Returns the SQL condition.</summary>
    /// <param name="anyOf">Returns the condition that one of several values matches.</param>
    public string Condition(Func<IReadOnlyList<T>, string> anyOf) => SqlCondition.All(
        [.. Wanted.Count > 0 ? (string[])[anyOf(Wanted)] : [], .. Unwanted.Count > 0 ? (string[])[SqlCondition.Not(anyOf(Unwanted))] : []]);
}

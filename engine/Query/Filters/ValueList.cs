namespace NetMon.Query.Filters;

/// <summary>The values of an option that may be repeated, and have several with commas between; ! before a value leaves out what it matches.</summary>
/// <param name="Wanted">One of these must match, if there are any.</param>
/// <param name="Unwanted">None of these may.</param>
internal sealed record ValueList<T>(IReadOnlyList<T> Wanted, IReadOnlyList<T> Unwanted)
{
    private const int MostValues = 100;

    public bool IsEmpty => Wanted.Count == 0 && Unwanted.Count == 0;

    /// <summary>Reads them.</summary>
    /// <param name="option">Its name, for the message.</param>
    /// <param name="texts">What was given.</param>
    /// <param name="parse">Reads a value; it throws for one that can't be.</param>
    /// <exception cref="FormatException">One is empty or can't be; the message names the option.</exception>
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

        return wanted.Count + unwanted.Count <= MostValues ? new ValueList<T>(wanted, unwanted) : throw new FormatException($"{option}: it takes up to {MostValues} values");
    }

    /// <summary>The condition.</summary>
    /// <param name="anyOf">The condition that one of several values matches.</param>
    public string Condition(Func<IReadOnlyList<T>, string> anyOf) => SqlCondition.All(
        [.. Wanted.Count > 0 ? (string[])[anyOf(Wanted)] : [], .. Unwanted.Count > 0 ? (string[])[SqlCondition.Not(anyOf(Unwanted))] : []]);
}

using System.Globalization;
using NetMon.Events;

namespace NetMon.Query.Filters;

/// <summary>The options on what happened. Some exclude certain event types, and combined they may exclude all.</summary>
internal sealed record OutcomeFilter(ValueList<RecordKind> Types, Direction? Direction, ValueList<ConnectResult> Results, bool Failed, TimeSpan? MinDuration, long? MinBytes)
{
    private static readonly RecordKind[] AllTypes = [RecordKind.Connect, RecordKind.Accept, RecordKind.Close, RecordKind.Flow];

    /// <summary>The direction that all matching events have; null for both.</summary>
    public Direction? Side => Direction
        ?? (Matching.All(type => type == RecordKind.Connect) ? Events.Direction.Outbound : Matching.All(type => type == RecordKind.Accept) ? Events.Direction.Inbound : null);

    /// <summary>The conditions.</summary>
    public IEnumerable<Criterion> Criteria
    {
        get
        {
            if (Direction is { } side)
            {
                var condition = $"direction = '{Vocabulary.Text(side)}'";
                yield return new Criterion("--direction", CriterionKind.Way, condition, condition);
            }

            // Roll-ups of failed attempts contain nothing else; those of successful ones also contain the connections' bytes.
            if (Failed)
            {
                const string condition = "result <> 'established'";
                yield return new Criterion("--failed", CriterionKind.Outcome, condition, condition);
            }

            if (!Results.IsEmpty)
            {
                var condition = Results.Condition(some => TextPattern.AnyOf("result", [.. some.Select(result => new TextPattern(Vocabulary.Text(result)))]));
                var isInSums = Failed || !Results.Wanted.Concat(Results.Unwanted).Contains(ConnectResult.Established);
                yield return new Criterion("--result", CriterionKind.Outcome, condition, isInSums ? condition : null);
            }

            // The result of an attempt implies its type.
            if (!Types.IsEmpty && !(IsOfAttempts && Matching.SequenceEqual([RecordKind.Connect])))
            {
                yield return new Criterion("--type", CriterionKind.Outcome, Types.Condition(some => TextPattern.AnyOf("type", [.. some.Select(type => new TextPattern(Vocabulary.Text(type)))])), null);
            }

            if (MinDuration is { } time)
            {
                yield return new Criterion("--min-duration", CriterionKind.Outcome, string.Create(CultureInfo.InvariantCulture, $"duration_us >= {(long)Math.Ceiling(time.TotalMicroseconds)}"), null);
            }

            if (MinBytes is { } bytes)
            {
                // The sum may exceed a BIGINT.
                yield return new Criterion("--min-bytes", CriterionKind.Outcome, string.Create(CultureInfo.InvariantCulture, $"bytes_sent >= {bytes} - bytes_received"), null);
            }
        }
    }

    private bool IsOfAttempts => Failed || Results.Wanted.Count > 0;

    private bool IsOfTraffic => MinDuration is not null || MinBytes is not null;

    private RecordKind[] Matching => [.. AllTypes.Where(Matches)];

    /// <summary>Rejects combinations that no event can match.</summary>
    /// <exception cref="FormatException">No event can match; the message names the options.</exception>
    public void CheckMatches()
    {
        var hasResult = Results.Wanted.Count == 0 || Results.Wanted.Any(result => !Results.Unwanted.Contains(result) && !(Failed && result == ConnectResult.Established));
        if (!hasResult || Matching.Length == 0)
        {
            string[] given =
            [
                .. Types.IsEmpty ? (string[])[] : ["--type"], .. Direction is null ? (string[])[] : ["--direction"], .. Results.IsEmpty ? (string[])[] : ["--result"],
                .. Failed ? (string[])["--failed"] : [], .. MinDuration is null ? (string[])[] : ["--min-duration"], .. MinBytes is null ? (string[])[] : ["--min-bytes"],
            ];
            throw new FormatException($"{string.Join(", ", given)}: no event matches all of these; --result and --failed select connect (outbound), --min-duration and --min-bytes close and flow");
        }
    }

    private bool Matches(RecordKind type) => (Types.Wanted.Count == 0 || Types.Wanted.Contains(type)) && !Types.Unwanted.Contains(type)
        && type switch
        {
            RecordKind.Connect => !IsOfTraffic && Direction is not Events.Direction.Inbound,
            RecordKind.Accept => !IsOfAttempts && !IsOfTraffic && Direction is not Events.Direction.Outbound,
            _ => !IsOfAttempts,
        };
}

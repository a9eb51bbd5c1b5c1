using NetMon.Foundation;
using NetMon.Query.Sql;

namespace NetMon.Query;

/// <summary>Reads the former names of loss reasons (<see cref="FormerNames.LossReasons"/>) as the current ones.</summary>
internal static class FormerReasons
{
    /// <summary>A SQL expression: the current name of the reason in the column <c>reason</c>.</summary>
    public static string Current { get; } =
        $"CASE reason {string.Join(' ', FormerNames.LossReasons.Select(pair => $"WHEN {SqlText.Quote(pair.Former)} THEN {SqlText.Quote(pair.Current)}"))} ELSE reason END";
}

namespace NetMon.Foundation;

/// <summary>
/// Public names that version 0.2 changed, with their names in 0.1. CHANGELOG.md lists them under Deprecated. Version 0.3 removes
/// <see cref="Metrics"/>; <see cref="LossReasons"/> stays for as long as files of 0.1 are read.
/// </summary>
public static class FormerNames
{
    /// <summary>Metrics: former and current name. The agent exposes both.</summary>
    public static IReadOnlyList<(string Former, string Current)> Metrics { get; } =
    [
        ("netmon_garbled_bytes_total", "netmon_corrupt_bytes_total"),
        ("netmon_cgroups_untold_total", "netmon_cgroup_reports_dropped_total"),
        ("netmon_closes_early_total", "netmon_closes_at_release_total"),
        ("netmon_naming_held_batches", "netmon_naming_waiting_batches"),
        ("netmon_naming_held_batches_total", "netmon_naming_delayed_batches_total"),
        ("netmon_naming_overdue_batches_total", "netmon_naming_timed_out_batches_total"),
        ("netmon_naming_crowded_out_batches_total", "netmon_naming_evicted_batches_total"),
        ("netmon_names_asked_total", "netmon_name_lookups_total"),
        ("netmon_runtime_forgotten_asks_total", "netmon_runtime_dropped_lookups_total"),
    ];

    /// <summary>Reasons of losses: former and current name. The agent writes the current one; queries read the former one as the current one.</summary>
    public static IReadOnlyList<(string Former, string Current)> LossReasons { get; } =
    [
        ("garbled_bytes", "corrupt_bytes"),
        ("misshapen", "malformed"),
        ("garbled", "corrupt"),
        ("no_state", "no_room"),
    ];
}

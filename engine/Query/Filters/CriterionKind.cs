namespace NetMon.Query.Filters;

/// <summary>What an option refers to.</summary>
internal enum CriterionKind
{
    /// <summary>The owning process, by columns that the macro of_question of schemas/views.sql takes.</summary>
    Owner,

    /// <summary>Addresses, ports and direction. As with <see cref="Owner"/>, it holds for all events of an end of a connection or for none.</summary>
    Way,

    /// <summary>What happened, which differs between the events of a connection.</summary>
    Outcome,
}

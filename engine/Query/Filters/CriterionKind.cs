namespace NetMon.Query.Filters;

/// <summary>What an option is about.</summary>
internal enum CriterionKind
{
    /// <summary>Whose process it is: by columns that the macro of_question of schemas/views.sql takes.</summary>
    Owner,

    /// <summary>Addresses, ports and direction. Like the first it holds for all events of an end of a connection or for none.</summary>
    Way,

    /// <summary>What happened, which is not the same in all events of a connection.</summary>
    Outcome,
}

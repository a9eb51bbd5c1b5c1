namespace NetMon.Query;

/// <summary>The question can't be answered; the message says why and what to do.</summary>
internal sealed class QueryException(string message) : Exception(message);

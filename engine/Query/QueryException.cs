namespace NetMon.Query;

/// <summary>The question can't be answered. The message says why, and how to fix it.</summary>
internal sealed class QueryException(string message) : Exception(message);

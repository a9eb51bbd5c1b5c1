namespace NetMon.Query.Top;

/// <summary>The user's choices on the screen. Not thread-safe.</summary>
internal sealed class TopState(TopOrder order, TopSubject subject)
{
    public const string Keys = "c conn f fail b bytes l latency  w workloads p peers  space pause ? help q quit";

    public TopOrder Order { get; private set; } = order;

    public TopSubject Subject { get; private set; } = subject;

    /// <summary>Whether the screen is paused. Events are still counted.</summary>
    public bool IsPaused { get; private set; }

    public bool ShowsHelp { get; private set; }

    public bool IsOver { get; private set; }

    /// <summary>Handles a key; false if it has no meaning.</summary>
    public bool Take(char key)
    {
        switch (char.ToLowerInvariant(key))
        {
            case 'c':
                Order = TopOrder.Connections;
                break;
            case 'f':
                Order = TopOrder.Failures;
                break;
            case 'b':
                Order = TopOrder.Bytes;
                break;
            case 'l':
                Order = TopOrder.Latency;
                break;
            case 'w':
                Subject = TopSubject.Workloads;
                break;
            case 'p':
                Subject = TopSubject.Peers;
                break;
            case ' ':
                IsPaused = !IsPaused;
                break;
            case '?' or 'h':
                ShowsHelp = !ShowsHelp;
                break;
            case 'q':
                IsOver = true;
                break;
            default:
                return false;
        }

        return true;
    }
}

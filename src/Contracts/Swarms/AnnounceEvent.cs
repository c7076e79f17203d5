namespace Distribution.Contracts.Swarms;

/// <summary>BEP 3's <c>event</c>, and BEP 21's <c>paused</c>; None for a regular announce.</summary>
public enum AnnounceEvent
{
    None = 0,
    Completed = 1,
    Started = 2,
    Stopped = 3,
    Paused = 4,
}

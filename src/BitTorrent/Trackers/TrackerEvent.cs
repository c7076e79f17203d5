namespace Distribution.BitTorrent.Trackers;

/// <summary>BEP 3's <c>event</c> and BEP 21's <c>paused</c>; the values are BEP 15's.</summary>
public enum TrackerEvent
{
    None = 0,
    Completed = 1,
    Started = 2,
    Stopped = 3,

    /// <summary>BEP 21: a partial seed, done with all that it wants. HTTP only.</summary>
    Paused = 4,
}

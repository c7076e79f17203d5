using Distribution.BitTorrent.Trackers;
using Distribution.Standalone.Client;

namespace Distribution.Standalone.Downloads;

/// <summary>One tracker, for one torrent and viewer.</summary>
internal interface ITracker : IDisposable
{
    /// <summary>Where it is, for people.</summary>
    string Name { get; }

    /// <summary>Announces. What goes wrong comes back as a failure.</summary>
    Task<Answer<TrackerAnswer>> AnnounceAsync(TrackerEvent what, TrackerFigures figures, CancellationToken stop);
}

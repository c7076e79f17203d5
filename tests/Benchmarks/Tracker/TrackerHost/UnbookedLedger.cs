using Distribution.BitTorrent;
using Distribution.Silos.Ledgers;
using Distribution.Silos.State;
using Distribution.Silos.Traffic;
using Microsoft.Extensions.Logging;

namespace Distribution.TrackerHost;

/// <summary>A ledger that knows the files and books no announce: what the tracker costs without accounting.</summary>
internal sealed class UnbookedLedger(
    StateDatabase database,
    RecentTraffic traffic,
    TimeProvider clock,
    ILogger<Ledger> logger
) : Ledger(database, traffic, clock, logger)
{
    private const long SizeBytes = 1_000_000_000;

    public override Task<BookedViewer?[]> RecordAnnouncesAsync(
        IReadOnlyList<(InfoHash InfoHash, ViewerAnnounce Announce)> announces
    )
    {
        var viewers = new BookedViewer?[announces.Count];
        for (int i = 0; i < viewers.Length; i++)
        {
            ViewerSession session = default(ViewerSession).Next(announces[i].Announce, SizeBytes, long.MaxValue);
            viewers[i] = new BookedViewer(session, 0, 0, 0);
        }
        return Task.FromResult(viewers);
    }
}

using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Announces;
using Distribution.Silos.Announces.Browsers;
using Distribution.Silos.Announces.Limits;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Shards;

namespace Distribution.Fuzz.Trackers;

/// <summary>
/// What front ends talk to, without a silo: the real swarms, tables, bounds and limits, with what the ledger would book reckoned in place and
/// kept by nobody. One thread at a time.
/// </summary>
internal sealed class FuzzTracker : IAnnounceHandler, IBrowserSwarms
{
    /// <summary>Small, so that making room is tested from early on.</summary>
    private const int MostPeers = 1_000;
    private const long FileBytes = 1_000_000;

    private readonly SwarmShard _shard;
    private DateTimeOffset _sweptAt;

    public FuzzTracker(int seed)
    {
        var options = new PeerTableOptions { MostPeers = MostPeers, MostPeersPerSwarm = MostPeers };
        Budget = new PeerBudget(options, shards: 1);
        _shard = new SwarmShard(new SwarmCensus(), Budget, Clock, new Random(seed));
        Limits = new RequestLimits(
            new RequestLimitOptions
            {
                AnnouncesPerSecond = 20,
                AnnouncesPerSecondOfNetwork = 40,
                BurstSeconds = 5,
            },
            Clock
        );
        foreach (InfoHash infoHash in (ReadOnlySpan<InfoHash>)[Crowded, Quiet])
        {
            string id = infoHash.ToString();
            var swarm = new SwarmDefinition(id, "default", infoHash, id, FileBytes, 1 << 16, PeerPolicy.Everyone);
            _shard.Open(new OpenSwarm(swarm, 0));
        }
    }

    /// <summary>The swarm that hostile requests name.</summary>
    public static InfoHash Crowded { get; } = new("crowded swarm, noisy"u8);

    /// <summary>The swarm of honest viewers.</summary>
    public static InfoHash Quiet { get; } = new("quiet swarm, honest."u8);

    public FuzzClock Clock { get; } = new();

    public PeerBudget Budget { get; }

    public RequestLimits Limits { get; }

    public int Shards => 1;

    public int RouteOf(int shard) => shard;

    /// <summary>A moment passes; once a second what a silo's timer does.</summary>
    public void Tick()
    {
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        if (Clock.GetUtcNow() - _sweptAt < TimeSpan.FromSeconds(1))
            return;
        _sweptAt = Clock.GetUtcNow();
        _shard.Sweep();
    }

    public bool TryFind(in InfoHash asked, out InfoHash swarm, out int shard)
    {
        (swarm, shard) = (asked, 0);
        return _shard.Find(asked) is not null;
    }

    public AnnounceOutcome? TryAnnounce(
        in PackedAnnounce announce,
        DateTimeOffset time,
        Span<byte> reply,
        out int replyBytes
    ) => _shard.TryAnnounce(announce, time, reply, out replyBytes);

    public ValueTask<bool> BookAsync(AnnounceBatch batch, string transport) =>
        throw new NotSupportedException("No batches are made here.");

    public ValueTask<bool> AnnounceAsync(int shard, AnnounceBatch batch, string transport) =>
        throw new NotSupportedException("No batches are made here.");

    public ValueTask<AnnounceReply> AnnounceAsync(InfoHash infoHash, SwarmAnnounce announce, string transport)
    {
        if (_shard.Find(infoHash) is not { } swarm)
            return ValueTask.FromResult(AnnounceReply.Refused(AnnounceOutcome.Unregistered.FailureReason()!));
        BookedViewer? known = swarm.KnownViewer(announce.PeerId, announce.Endpoint.Address);
        BookedViewer booked = Book(known, ViewerAnnounce.Of(announce));
        return ValueTask.FromResult(swarm.Announce(announce, booked));
    }

    public ValueTask<ScrapeCounts?> ScrapeAsync(InfoHash infoHash) =>
        ValueTask.FromResult(_shard.Find(infoHash)?.Scrape());

    public ValueTask<BrowserReply> AnnounceAsync(InfoHash infoHash, BrowserAnnounce announce)
    {
        if (_shard.Find(infoHash) is not { } swarm)
            return ValueTask.FromResult(BrowserReply.Refused(AnnounceOutcome.Unregistered.FailureReason()!));
        if (swarm.RefusalOf(announce) is { } refusal)
            return ValueTask.FromResult(BrowserReply.Refused(refusal));
        BookedViewer? known = swarm.KnownBrowser(announce.PeerId, announce.Address);
        return ValueTask.FromResult(swarm.Announce(announce, Book(known, announce.ToViewerAnnounce())));
    }

    public ValueTask<BrowserContact?> FindAsync(InfoHash infoHash, PeerId peerId) =>
        ValueTask.FromResult(_shard.Find(infoHash)?.ContactOf(peerId));

    public ValueTask LeaveAsync(InfoHash infoHash, PeerId peerId, BrowserContact contact)
    {
        _shard.Find(infoHash)?.Leave(peerId, contact);
        return ValueTask.CompletedTask;
    }

    private static BookedViewer Book(BookedViewer? known, in ViewerAnnounce announce)
    {
        ViewerSession session = known?.Session ?? default;
        return new BookedViewer(session.Next(announce, FileBytes, UploadClaims.Unbounded), 0, 0, 0);
    }
}

using System.Net;
using Distribution.Contracts.Files;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Selection;
using Distribution.Silos.Swarms.Shards;
using Distribution.Silos.Tests.Ledgers;

namespace Distribution.Silos.Tests.Announces.Captures;

/// <summary>A capture, said again to a shard and a ledger on a real database, at the times at which it was said.</summary>
internal sealed class CaptureReplay : IAsyncDisposable
{
    public const string Home = "203.0.113.5";
    private static readonly IPAddress IPv4 = IPAddress.Parse(Home);
    private static readonly IPAddress IPv6 = IPAddress.Parse("2001:db8::5");

    private readonly CaptureFile _capture;
    private readonly LedgerHarness _ledger;
    private readonly OpenSwarms _openSwarms = new();
    private readonly DateTimeOffset _began;
    private SwarmShard _shard;

    private CaptureReplay(CaptureFile capture, LedgerHarness ledger)
    {
        _capture = capture;
        _ledger = ledger;
        _began = ledger.Clock.GetUtcNow();
        _shard = OpenShard();
    }

    public LedgerHarness Ledger => _ledger;

    public static async Task<CaptureReplay> StartAsync(CaptureFile capture)
    {
        LedgerHarness ledger = await LedgerHarness.StartAsync();
        await ledger.Ledger.OpenFileAsync(
            new LedgerFile(capture.InfoHash, "film", LedgerHarness.PublisherId, capture.SizeBytes, capture.InfoHashV2)
        );
        return new CaptureReplay(capture, ledger);
    }

    public async Task SayAsync(CapturedAnnounce said)
    {
        DateTimeOffset time = _began.AddSeconds(said.Seconds);
        if (time > _ledger.Clock.GetUtcNow())
            _ledger.Clock.SetUtcNow(time);
        PackedAnnounce announce = said.Read(said.IsIPv6 ? IPv6 : IPv4);
        Assert.True(_openSwarms.TryFind(announce.InfoHash, out announce.InfoHash));
        var reply = new byte[4096];
        AnnounceOutcome? outcome = _shard.TryAnnounce(announce, time, reply, out _);
        if (outcome == AnnounceOutcome.Deferred)
        {
            BookedViewer?[] booked = await _ledger.Ledger.RecordAnnouncesAsync([
                (announce.InfoHash, announce.ToViewerAnnounce()),
            ]);
            outcome = _shard.AnnounceBooked(announce, booked[0], time, reply, out _);
        }
        Assert.Equal(AnnounceOutcome.Answered, outcome);
    }

    /// <summary>The silo dies, and another takes over: the ledger is what was committed, and nobody is in the table.</summary>
    public async Task RestartAsync()
    {
        await _ledger.RestartAsync();
        _shard = OpenShard();
    }

    /// <summary>As if all that came had come from an edge of ours, to the same household.</summary>
    public Task SendFromEdgeAsync(long bytes) => _ledger.SendAsync(_capture.InfoHash, Home, SendKind.Edge, bytes);

    public Task<SavingsReport> ReportAsync() => _ledger.ReportAsync();

    public Task<long> CompletedAsync() => _ledger.Ledger.ReadCompletedAsync(_capture.InfoHash);

    public async ValueTask DisposeAsync()
    {
        _openSwarms.Dispose();
        await _ledger.DisposeAsync();
    }

    private SwarmShard OpenShard()
    {
        var shard = new SwarmShard(
            new SwarmCensus(),
            PeerBudget.Unbounded,
            _ledger.Clock,
            new Random(1),
            SwarmSelection.ByDefault()
        );
        shard.Open(
            new OpenSwarm(
                new SwarmDefinition(
                    "film",
                    LedgerHarness.PublisherId,
                    _capture.InfoHash,
                    "film.bin",
                    _capture.SizeBytes,
                    65536,
                    PeerPolicy.Everyone,
                    _capture.InfoHashV2
                ),
                0
            )
        );
        _openSwarms.Add(_capture.InfoHash, _capture.InfoHashV2);
        return shard;
    }
}

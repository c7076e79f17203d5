using Distribution.BitTorrent.Magnets;
using Distribution.Contracts.Edges;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Tests.Kit;

namespace Distribution.EdgeSeeder.Tests.RealClients;

/// <summary>A stock client that downloads answers the edge's audits, is not disturbed by them, and they are no delivery.</summary>
public sealed class AuditedClientTests : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private static readonly TestContent _content = new((6 << 20) + 12_345, 64 * 1024, seed: 12);

    private readonly string _folder = Directory.CreateTempSubdirectory("edge-audit-").FullName;
    private TestOrigin _origin = null!;
    private TestEdge _edge = null!;

    public async ValueTask InitializeAsync()
    {
        _origin = await TestOrigin.StartAsync();
        _edge = new TestEdge(
            _origin,
            Engines.Own,
            new SeedingLimits
            {
                // Slow enough for some audits before the client is complete and goes.
                PeerUploadLimitBytesPerSecond = 3 << 20,
                AuditBytesPerSecond = 16 << 20,
                AuditInterval = TimeSpan.FromMilliseconds(50),
                Tick = TimeSpan.FromMilliseconds(20),
            }
        );
        _edge.Seed(_content);
    }

    public async ValueTask DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _origin.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Libtorrent_is_confirmed_while_it_downloads()
    {
        string magnet = new MagnetLink { InfoHash = _content.InfoHash }.ToString();
        await using ClientProcess client = await LibtorrentProcess.StartAsync(magnet, _folder, _edge.Port);
        await LibtorrentProcess.FinishedAsync(client, _patience);
        await _edge.Engine.StopAsync();

        PeerProgress progress = Assert.Single(_edge.Engine.UnreportedProgress(10), one => one.HaveBytes > 0);
        Assert.True(progress.Audits is { Confirmed: > 0, Wrong: 0 }, $"{progress.Audits}");
        Assert.InRange(_edge.Engine.AuditBytes, progress.Audits.Confirmed * 16_000L, 1 << 30);
        // Each byte once, and none for the audits.
        Assert.InRange(_edge.Counted, _content.Bytes.Length, _content.Bytes.Length + (1 << 20));
    }
}

using System.Net;
using Distribution.EdgeSeeder.Tests.Kit;
using MonoTorrent.Client;
using MonoTorrent.Connections;
using MagnetLink = Distribution.BitTorrent.Magnets.MagnetLink;
using MonoMagnet = MonoTorrent.MagnetLink;

namespace Distribution.EdgeSeeder.Tests.MonoTorrent;

/// <summary>MonoTorrent's own client finishes from our engine alone, which a tracker names to it.</summary>
public sealed class MonoTorrentClientTests : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private static readonly TestContent _v1 = new((3 << 20) + 12_345, 64 << 10, seed: 31);

    private static readonly TestContent _hybrid = TestContent.HybridFile((3 << 20) + 12_345, 64 << 10, seed: 32);

    private readonly string _folder = Directory.CreateTempSubdirectory("edge-mono-").FullName;
    private TestOrigin _origin = null!;
    private TestEdge _edge = null!;

    public async ValueTask InitializeAsync()
    {
        _origin = await TestOrigin.StartAsync();
        _edge = new TestEdge(_origin, Engines.Own);
        _edge.Seed(_v1);
        _edge.Seed(_hybrid);
        _origin.TrackedPeer = new IPEndPoint(IPAddress.Loopback, _edge.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _origin.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("v1", "magnet", EncryptionType.PlainText)]
    [InlineData("v1", "magnet", EncryptionType.RC4Header)]
    [InlineData("v1", "magnet", EncryptionType.RC4Full)]
    [InlineData("v1", "torrent", EncryptionType.PlainText)]
    [InlineData("hybrid", "magnet", EncryptionType.PlainText)]
    [InlineData("hybrid", "magnet", EncryptionType.RC4Full)]
    [InlineData("hybrid", "v2 magnet", EncryptionType.PlainText)]
    [InlineData("hybrid", "torrent", EncryptionType.RC4Full)]
    public async Task Its_client_finishes_from_the_edge_alone(string what, string source, EncryptionType encryption)
    {
        TestContent content = what == "v1" ? _v1 : _hybrid;
        using var client = new ClientEngine(
            new EngineSettingsBuilder
            {
                AllowedEncryption = [encryption],
                AllowLocalPeerDiscovery = false,
                AllowPortForwarding = false,
                CacheDirectory = Path.Combine(_folder, "cache"),
                DhtEndPoint = null,
                ListenEndPoints = new Dictionary<string, IPEndPoint> { ["ipv4"] = new(IPAddress.Loopback, 0) },
            }.ToSettings()
        );
        string tracker = new Uri(_origin.Url, "/announce").ToString();
        TorrentManager manager =
            source == "torrent"
                ? await client.AddAsync(
                    await global::MonoTorrent.Torrent.LoadAsync(content.TorrentFile(tracker)),
                    _folder
                )
                : await client.AddAsync(
                    MonoMagnet.Parse(
                        new MagnetLink
                        {
                            InfoHash = source == "magnet" ? content.InfoHash : content.InfoHashV2!.Value.Truncate(),
                            InfoHashV2 = content.InfoHashV2,
                            Trackers = [tracker],
                        }.ToString()
                    ),
                    _folder
                );
        await manager.StartAsync();
        long started = TimeProvider.System.GetTimestamp();
        while (!manager.HasMetadata || manager.Progress < 100)
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(started) < _patience,
                $"{manager.State} at {manager.Progress} % {manager.Error?.Exception}"
            );
            await Task.Delay(50);
        }
        string file = manager.Files[0].FullPath;
        await manager.StopAsync();
        await client.StopAllAsync();
        Assert.Equal(content.Bytes, await File.ReadAllBytesAsync(file));
        await _edge.Engine.StopAsync();
        Assert.InRange(_edge.Counted, content.Bytes.Length, content.Bytes.Length + (1 << 20));
    }
}

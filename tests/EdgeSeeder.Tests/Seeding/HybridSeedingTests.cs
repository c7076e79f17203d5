using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Merkle;
using Distribution.BitTorrent.Metainfo;
using Distribution.BitTorrent.Wire;
using Distribution.Contracts.Ledgers;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Tests.Kit;

namespace Distribution.EdgeSeeder.Tests.Seeding;

/// <summary>A hybrid is served to whoever greets with either of its info-hashes (BEP 52), and counted as one torrent.</summary>
public sealed class HybridSeedingTests : IAsyncLifetime
{
    // 5 pieces, the last one short.
    private readonly TestContent _content = TestContent.HybridFile(4 * (64 << 10) + 777, 64 << 10, seed: 31);
    private TestOrigin _origin = null!;
    private TestEdge _edge = null!;

    private InfoHash OtherName => _content.InfoHashV2!.Value.Truncate();

    private TorrentFileV2 File => _content.Metainfo.V2!.Files[0];

    public async ValueTask InitializeAsync()
    {
        _origin = await TestOrigin.StartAsync();
        _edge = new TestEdge(
            _origin,
            Engines.Own,
            new SeedingLimits
            {
                Tick = TimeSpan.FromMilliseconds(20),
                RedialDelay = TimeSpan.FromMilliseconds(50),
                MaxRedialDelay = TimeSpan.FromMilliseconds(100),
            }
        );
        _edge.Seed(_content);
    }

    public async ValueTask DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _origin.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Either_info_hash_is_answered_in_kind_and_served(bool byV2)
    {
        InfoHash said = byV2 ? OtherName : _content.InfoHash;
        await using TestPeer peer = await TestPeer.GreetAsync(_edge.Port, _content, infoHash: said);

        Assert.Equal(said, peer.Theirs.InfoHash);
        Assert.True(peer.Theirs.Reserved.HasFlag(ReservedBits.V2));
        await peer.DownloadAsync(_content, Enumerable.Range(0, _content.Torrent.PieceCount));
    }

    [Fact]
    public async Task Both_are_counted_as_the_one_torrent_they_are()
    {
        await using TestPeer one = await TestPeer.GreetAsync(_edge.Port, _content);
        await using TestPeer two = await TestPeer.GreetAsync(_edge.Port, _content, infoHash: OtherName);
        foreach (TestPeer peer in (TestPeer[])[one, two])
        {
            await peer.SendHaveAsync(1);
            await peer.DownloadAsync(_content, [0, 4]);
        }
        SwarmSeeding swarm = Assert.Single(_edge.Engine.Snapshot().Swarms);
        Assert.Equal((_content.InfoHash, 2), (swarm.InfoHash, swarm.Peers.Count));
        await _edge.Engine.StopAsync();

        SendCounter counter = Assert.Single(_edge.Journal.Snapshot(), static counter => counter.Kind == SendKind.Edge);
        Assert.Equal(_content.InfoHash.ToString(), counter.InfoHash);
        Assert.Equal(2 * ((64 << 10) + 777), counter.BytesSent);
        Assert.All(
            _edge.Engine.UnreportedProgress(10),
            progress => Assert.Equal((_content.InfoHash.ToString(), 64L << 10), (progress.InfoHash, progress.HaveBytes))
        );
        Assert.Equal(2, _edge.Engine.UnreportedProgress(10).Count);
    }

    [Fact]
    public async Task One_peer_under_both_is_one_connection()
    {
        PeerId id = TestPeer.NewId();
        await using TestPeer first = await TestPeer.GreetAsync(_edge.Port, _content, id: id);
        await using TestPeer second = await TestPeer.ConnectAsync(_edge.Port, _content, id: id, infoHash: OtherName);

        Assert.False(await second.TryReadHandshakeAsync());
        Assert.Single(Assert.Single(_edge.Engine.Snapshot().Swarms).Peers);
    }

    [Fact]
    public async Task A_dialled_peer_may_answer_with_the_v2_info_hash()
    {
        using Socket listener = TestPeer.Listen(out IPEndPoint endpoint);
        _edge.Engine.Dial(_content.InfoHash, [endpoint]);

        // BEP 52, "upgrade path": the caller says v1 and that it speaks v2, the other upgrades.
        await using TestPeer peer = await TestPeer.AcceptAsync(listener, _content, infoHash: OtherName);

        Assert.Equal(_content.InfoHash, peer.Theirs.InfoHash);
        Assert.True(peer.Theirs.Reserved.HasFlag(ReservedBits.V2));
        await peer.DownloadAsync(_content, [2]);
    }

    [Fact]
    public async Task A_viewer_that_hangs_up_on_one_info_hash_is_dialled_by_the_other()
    {
        using Socket listener = TestPeer.Listen(out IPEndPoint endpoint);
        _edge.Engine.Dial(_content.InfoHash, [endpoint]);

        // As a client does whose magnet named the v2 topic alone, and then one that has forgotten it. Null: an encrypted call.
        foreach (InfoHash? expected in (InfoHash?[])[_content.InfoHash, OtherName, null, null, _content.InfoHash])
        {
            using Socket call = await listener
                .AcceptAsync(TestContext.Current.CancellationToken)
                .AsTask()
                .WaitAsync(TimeSpan.FromSeconds(60));
            var greeting = new byte[Handshake.LengthBytes];
            for (int read = 0; read < greeting.Length; )
            {
                int count = await call.ReceiveAsync(greeting.AsMemory(read), TestContext.Current.CancellationToken);
                Assert.NotEqual(0, count);
                read += count;
            }
            Assert.Equal(
                expected is null ? FrameStatus.Invalid : FrameStatus.Complete,
                Handshake.TryRead(greeting, out Handshake theirs, out _)
            );
            Assert.Equal(expected ?? default, theirs.InfoHash);
        }
        await using TestPeer peer = await TestPeer.AcceptAsync(listener, _content, infoHash: OtherName);
        Assert.Equal(OtherName, peer.Theirs.InfoHash);
        await peer.DownloadAsync(_content, [0]);
    }

    [Fact]
    public async Task A_torrent_that_is_dropped_has_no_name_left()
    {
        _edge.Engine.Remove(_content.InfoHash);

        foreach (InfoHash name in (InfoHash[])[_content.InfoHash, OtherName])
        {
            await using TestPeer peer = await TestPeer.ConnectAsync(_edge.Port, _content, infoHash: name);
            Assert.False(await peer.TryReadHandshakeAsync());
        }
    }

    [Fact]
    public async Task Hash_requests_are_answered_from_the_piece_layer()
    {
        await using TestPeer peer = await TestPeer.GreetAsync(_edge.Port, _content, infoHash: OtherName);
        // The pieces' level is 2 above the blocks; 5 pieces stand in a tree of 8.
        var all = new HashRequest(File.PiecesRoot!.Value, 2, 0, 8, 2);
        await peer.SendAsync(Frame(all));
        TestFrame answer = await peer.ReadAsync(MessageType.Hashes);

        Assert.True(HashRequest.TryParse(answer.Payload.AsSpan(0, HashRequest.LengthBytes), out HashRequest repeated));
        Assert.Equal(all, repeated);
        var hasher = new MerkleHasher(2);
        foreach (byte[] hash in answer.Payload[HashRequest.LengthBytes..].Chunk(MerkleHash.LengthBytes))
            hasher.Push(new MerkleHash(hash));
        Assert.Equal(8, hasher.Count);
        Assert.Equal(File.PiecesRoot, hasher.Root());
        Assert.Equal(
            _content.Metainfo.Layers[0]!.Hashes.ToArray(),
            answer.Payload.AsSpan(HashRequest.LengthBytes, 5 * MerkleHash.LengthBytes).ToArray()
        );
    }

    [Fact]
    public async Task What_is_not_kept_is_rejected()
    {
        await using TestPeer peer = await TestPeer.GreetAsync(_edge.Port, _content, infoHash: OtherName);
        HashRequest right = new(File.PiecesRoot!.Value, 2, 0, 8, 2);
        HashRequest[] wrong =
        [
            right with
            {
                Root = default,
            },
            right with
            {
                BaseLevel = 0,
            },
            right with
            {
                Count = 16,
            },
            right with
            {
                ProofLevels = 3,
            },
        ];
        foreach (HashRequest request in wrong)
        {
            await peer.SendAsync(Frame(request));
            TestFrame answer = await peer.ReadAsync(MessageType.HashReject);
            Assert.True(HashRequest.TryParse(answer.Payload, out HashRequest repeated));
            Assert.Equal(request, repeated);
        }
        // The connection goes on.
        await peer.DownloadAsync(_content, [0]);
    }

    [Fact]
    public async Task A_v1_torrent_passes_hash_requests_over()
    {
        var plain = new TestContent(100_000, 64 << 10, seed: 32);
        _edge.Seed(plain);
        await using TestPeer peer = await TestPeer.GreetAsync(_edge.Port, plain);

        Assert.False(peer.Theirs.Reserved.HasFlag(ReservedBits.V2));
        await peer.SendAsync(Frame(new HashRequest(default, 2, 0, 8, 2)));
        await peer.DownloadAsync(plain, [0, 1]);
    }

    private static byte[] Frame(in HashRequest request)
    {
        var output = new ArrayBufferWriter<byte>();
        WireWriter.WriteHashRequest(output, MessageType.HashRequest, request);
        return output.WrittenSpan.ToArray();
    }
}

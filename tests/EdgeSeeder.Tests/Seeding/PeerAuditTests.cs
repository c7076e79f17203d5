using Distribution.BitTorrent.Wire;
using Distribution.Contracts.Edges;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Seeding.Audits;
using Distribution.EdgeSeeder.Tests.Kit;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.EdgeSeeder.Tests.Seeding;

/// <summary>The edge asks peers for blocks of what they show, and tells who had them.</summary>
public sealed class PeerAuditTests : IAsyncLifetime
{
    private const int PieceBytes = 64 * 1024;

    // The last piece is short, and its last block too.
    private static readonly TestContent _content = new(5 * PieceBytes + 20_000, PieceBytes);

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
                Tick = TimeSpan.FromMilliseconds(20),
                AuditBytesPerSecond = 1 << 30,
                AuditInterval = TimeSpan.FromMilliseconds(20),
                AuditPatience = TimeSpan.FromMilliseconds(400),
                CompleteLinger = TimeSpan.FromSeconds(60),
            }
        );
        _edge.Seed(_content);
        // What it audits is in its cache.
        await using TestPeer viewer = await TestPeer.GreetAsync(_edge.Port, _content, ReservedBits.None);
        await viewer.DownloadAsync(_content, Enumerable.Range(0, _content.Torrent.PieceCount));
    }

    public async ValueTask DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _origin.DisposeAsync();
    }

    [Theory]
    [InlineData(ReservedBits.Fast | ReservedBits.Extensions)]
    [InlineData(ReservedBits.None)]
    public async Task Who_has_what_it_shows_is_confirmed(ReservedBits bits)
    {
        long counted = _edge.Counted;
        await using TestPeer peer = await TestPeer.GreetAsync(_edge.Port, _content, bits);
        await peer.SendHaveAsync(5);
        await peer.ReadAsync(MessageType.Interested);
        await peer.SendAsync(MessageType.Unchoke);
        BlockRequest asked = (await peer.ReadAsync(MessageType.Request)).Block;
        Assert.Equal(5, asked.Piece);
        await peer.SendAsync(Piece(asked, _content.Piece(5).Slice(asked.OffsetBytes, asked.LengthBytes)));
        await peer.ReadAsync(MessageType.NotInterested);

        Assert.Equal(new AuditCounts(1, 0, 0), (await ReportedAsync(peer)).Audits);
        Assert.Equal(asked.LengthBytes, _edge.Engine.AuditBytes);
        Assert.Equal(counted, _edge.Counted);
    }

    [Fact]
    public async Task Who_shows_nothing_new_is_left_alone_until_it_does()
    {
        await using TestPeer peer = await TestPeer.GreetAsync(_edge.Port, _content);
        await peer.SendHaveAsync(0);
        await AnswerAsync(peer);
        await peer.ReadAsync(MessageType.NotInterested);
        // Many ticks and intervals; then what the edge says first is about the new piece.
        await Task.Delay(300);
        Assert.Equal(0, peer.Socket.Available);
        await peer.SendHaveAsync(1);
        await AnswerAsync(peer);
        await peer.ReadAsync(MessageType.NotInterested);
        Assert.Equal(2, (await ReportedAsync(peer)).Audits.Confirmed);
    }

    [Fact]
    public async Task Who_sends_other_bytes_is_found_out()
    {
        await using TestPeer peer = await TestPeer.GreetAsync(_edge.Port, _content);
        await peer.SendAsync(MessageType.HaveAll);
        await peer.ReadAsync(MessageType.Interested);
        await peer.SendAsync(MessageType.Unchoke);
        BlockRequest asked = (await peer.ReadAsync(MessageType.Request)).Block;
        await peer.SendAsync(Piece(asked, new byte[asked.LengthBytes]));
        await peer.ReadAsync(MessageType.NotInterested);

        Assert.Equal(new AuditCounts(0, 0, 1), (await ReportedAsync(peer)).Audits);
        Assert.Equal(asked.LengthBytes, _edge.Engine.AuditBytes);
    }

    [Theory]
    [InlineData("never unchokes")]
    [InlineData("rejects")]
    [InlineData("says nothing")]
    public async Task Who_does_not_answer_is_told_apart_and_served_all_the_same(string how)
    {
        await using TestPeer peer = await TestPeer.GreetAsync(_edge.Port, _content);
        await peer.SendHaveAsync(2);
        await peer.ReadAsync(MessageType.Interested);
        BlockRequest asked = default;
        if (how != "never unchokes")
        {
            await peer.SendAsync(MessageType.Unchoke);
            asked = (await peer.ReadAsync(MessageType.Request)).Block;
        }
        if (how == "rejects")
            await peer.SendAsync(Frame(MessageType.RejectRequest, asked));
        await peer.ReadAsync(MessageType.NotInterested);
        Assert.Equal(new AuditCounts(0, 1, 0), (await ReportedAsync(peer)).Audits);

        // An answer that is late is paid for, and no offence.
        if (how == "says nothing")
        {
            await peer.SendAsync(Piece(asked, _content.Piece(2).Slice(asked.OffsetBytes, asked.LengthBytes)));
            await Wait.UntilAsync(() => _edge.Engine.AuditBytes == asked.LengthBytes);
        }
        await peer.DownloadAsync(_content, [0]);
    }

    [Fact]
    public async Task Pieces_that_a_peer_allows_are_asked_for_while_it_chokes()
    {
        await using TestPeer peer = await TestPeer.GreetAsync(_edge.Port, _content);
        var frame = new byte[WireWriter.HaveBytes];
        WireWriter.WriteHave(frame, 3, MessageType.AllowedFast);
        await peer.SendAsync(frame);
        WireWriter.WriteHave(frame, 4, MessageType.AllowedFast);
        await peer.SendAsync(frame);
        var have = new Bitfield(_content.Torrent.PieceCount);
        foreach (int piece in (int[])[0, 1, 2, 3])
            have.Set(piece);
        await peer.SendBitfieldAsync(have);
        Assert.Equal(3, (await peer.ReadAsync(MessageType.Request)).Block.Piece);
    }

    [Fact]
    public async Task Nothing_is_fetched_for_an_audit()
    {
        var cold = new TestContent(PieceBytes, PieceBytes, seed: 8);
        _edge.Seed(cold);
        int reads = _origin.TotalRangeReads;
        await using TestPeer peer = await TestPeer.GreetAsync(_edge.Port, cold);
        await peer.SendAsync(MessageType.HaveAll);
        await ReportedAsync(peer);
        await Task.Delay(200);
        Assert.Equal(reads, _origin.TotalRangeReads);
        // It is at hand once somebody has asked for it.
        await peer.DownloadAsync(cold, [0]);
        await peer.ReadAsync(MessageType.Interested);
    }

    [Fact]
    public void The_budget_is_the_nodes_and_holds()
    {
        var clock = new FakeTimeProvider();
        var desk = new AuditDesk(new SeedingLimits { AuditBytesPerSecond = 16 * 1024 }, _edge.Telemetry, clock);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True(desk.TryTake(16 * 1024));
        Assert.False(desk.TryTake(16 * 1024));
        clock.Advance(TimeSpan.FromSeconds(0.8));
        Assert.False(desk.TryTake(1));
        clock.Advance(TimeSpan.FromSeconds(0.3));
        Assert.True(desk.TryTake(1));
        Assert.False(new AuditDesk(new SeedingLimits { AuditBytesPerSecond = 0 }, _edge.Telemetry, clock).TryTake(1));
    }

    private async Task<PeerProgress> ReportedAsync(TestPeer peer)
    {
        PeerProgress? found = null;
        await Wait.UntilAsync(() =>
            (found = _edge.Engine.UnreportedProgress(10).FirstOrDefault(one => one.PeerId == peer.Id.ToString()))
                is not null
        );
        return found!;
    }

    private static async Task AnswerAsync(TestPeer peer)
    {
        await peer.ReadAsync(MessageType.Interested);
        await peer.SendAsync(MessageType.Unchoke);
        BlockRequest asked = (await peer.ReadAsync(MessageType.Request)).Block;
        await peer.SendAsync(Piece(asked, _content.Piece(asked.Piece).Slice(asked.OffsetBytes, asked.LengthBytes)));
    }

    private static byte[] Piece(BlockRequest block, ReadOnlySpan<byte> bytes)
    {
        var frame = new byte[WireWriter.PieceHeaderBytes + bytes.Length];
        WireWriter.WritePieceHeader(frame, block);
        bytes.CopyTo(frame.AsSpan(WireWriter.PieceHeaderBytes));
        return frame;
    }

    private static byte[] Frame(MessageType type, BlockRequest block)
    {
        var frame = new byte[WireWriter.RequestBytes];
        WireWriter.WriteRequest(frame, type, block);
        return frame;
    }
}

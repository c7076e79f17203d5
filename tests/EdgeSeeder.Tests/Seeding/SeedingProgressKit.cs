using Distribution.BitTorrent;
using Distribution.BitTorrent.Wire;
using Distribution.Contracts.Edges;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Tests.Kit;

namespace Distribution.EdgeSeeder.Tests.Seeding;

/// <summary>What an engine witnesses of its peers, and how it dials them.</summary>
public abstract partial class SeedingProgressKit : IAsyncLifetime
{
    private const int PieceBytes = 64 * 1024;
    private const int LastBytes = 20_000;

    private static readonly TestContent _content = new(5 * PieceBytes + LastBytes, PieceBytes);

    private TestOrigin _origin = null!;

    private protected abstract EngineFactory Factory { get; }

    private protected virtual EngineTraits Traits => EngineTraits.All;

    public async ValueTask InitializeAsync() => _origin = await TestOrigin.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _origin.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private TestEdge NewEdge(SeedingLimits? limits = null)
    {
        var edge = new TestEdge(_origin, Factory, limits);
        edge.Seed(_content);
        return edge;
    }

    private static async Task<PeerProgress> ProgressAsync(TestEdge edge, long haveBytes)
    {
        PeerProgress? found = null;
        await Wait.UntilAsync(() =>
            (found = edge.Engine.UnreportedProgress(10).FirstOrDefault(each => each.HaveBytes == haveBytes)) is not null
        );
        return found!;
    }

    [Fact]
    public async Task Bitfield_and_haves_are_counted_in_bytes_with_the_short_last_piece()
    {
        await using TestEdge edge = NewEdge();
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, _content);
        var have = new Bitfield(_content.Torrent.PieceCount);
        have.Set(1);
        have.Set(5);
        await peer.SendExtensionHandshakeAsync(port: 4321);
        await peer.SendBitfieldAsync(have);
        PeerProgress first = await ProgressAsync(edge, PieceBytes + LastBytes);
        Assert.Equal(PieceBytes + LastBytes, first.FirstHaveBytes);
        Assert.Equal(peer.Id.ToString(), first.PeerId);
        Assert.Equal(_content.InfoHash.ToString(), first.InfoHash);
        Assert.Equal("127.0.0.1", first.Address);
        Assert.Equal(4321, first.ListenPort);

        await peer.SendHaveAsync(0);
        await peer.SendHaveAsync(0);
        PeerProgress second = await ProgressAsync(edge, 2 * PieceBytes + LastBytes);
        Assert.Equal(PieceBytes + LastBytes, second.FirstHaveBytes);
    }

    [Fact]
    public async Task A_peer_that_shows_nothing_first_began_with_nothing()
    {
        await using TestEdge edge = NewEdge();
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, _content, ReservedBits.None);
        await peer.SendAsync(MessageType.Interested);
        Assert.Equal(0, (await ProgressAsync(edge, 0)).FirstHaveBytes);
        await peer.SendHaveAsync(5);
        Assert.Equal(0, (await ProgressAsync(edge, LastBytes)).FirstHaveBytes);
    }

    [Fact]
    public async Task A_seed_had_everything_when_it_was_first_seen_and_is_let_go()
    {
        await using TestEdge edge = NewEdge(
            new SeedingLimits { CompleteLinger = TimeSpan.FromMilliseconds(50), Tick = TimeSpan.FromMilliseconds(20) }
        );
        Task<PeerEvent> closed = edge.WhenAsync(PeerChange.Closed);
        Task<PeerEvent> completed = edge.WhenAsync(PeerChange.Completed);
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, _content);
        await peer.SendAsync(MessageType.HaveAll);
        PeerProgress progress = await ProgressAsync(edge, _content.Bytes.Length);
        Assert.Equal(_content.Bytes.Length, progress.FirstHaveBytes);
        await completed;
        Assert.Equal(CloseReason.PeerComplete, (await closed).Reason);
    }

    [Fact]
    public async Task Progress_is_told_until_it_is_acknowledged_after_the_connection_too_and_goes_on_when_the_peer_returns()
    {
        await using TestEdge edge = NewEdge();
        PeerId id = TestPeer.NewId();
        await using (TestPeer peer = await TestPeer.GreetAsync(edge.Port, _content, id: id))
        {
            await peer.SendAsync(MessageType.HaveNone);
            PeerProgress early = await ProgressAsync(edge, 0);
            await peer.SendHaveAsync(0);
            await ProgressAsync(edge, PieceBytes);
            // An acknowledgement of what has changed since does not hide the change.
            edge.Engine.AcknowledgeProgress([early]);
            await ProgressAsync(edge, PieceBytes);
            Task<PeerEvent> closed = edge.WhenAsync(PeerChange.Closed);
            await peer.DisposeAsync();
            await closed;
        }
        PeerProgress last = await ProgressAsync(edge, PieceBytes);
        edge.Engine.AcknowledgeProgress([last]);
        Assert.Empty(edge.Engine.UnreportedProgress(10));

        await using TestPeer again = await TestPeer.GreetAsync(edge.Port, _content, id: id);
        await again.SendHaveAsync(0);
        await again.SendHaveAsync(1);
        PeerProgress later = await ProgressAsync(edge, 2 * PieceBytes);
        Assert.Equal(0, later.FirstHaveBytes);
    }
}

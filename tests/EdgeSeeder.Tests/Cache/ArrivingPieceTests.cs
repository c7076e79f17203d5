using Distribution.BitTorrent.Wire;
using Distribution.EdgeSeeder.Cache;
using Distribution.EdgeSeeder.Tests.Kit;

namespace Distribution.EdgeSeeder.Tests.Cache;

/// <summary>Blocks that leave before their piece is whole.</summary>
public sealed class ArrivingPieceTests : IAsyncLifetime
{
    private const int Block = BlockRequest.StandardBytes;
    private const int PieceBytes = 32 * Block;

    private static readonly TestContent _content = new(3 * PieceBytes + 5 * Block + 77, PieceBytes);

    private TestOrigin _origin = null!;

    public async ValueTask InitializeAsync() => _origin = await TestOrigin.StartAsync();

    public async ValueTask DisposeAsync() => await _origin.DisposeAsync();

    private TestEdge NewEdge(int attempts = 2) =>
        new(
            _origin,
            Engines.Own,
            cacheLimits: new PieceCacheLimits
            {
                DiskBytes = 1 << 30,
                FetchAttempts = attempts,
                FetchBackOff = TimeSpan.FromMilliseconds(5),
                FetchPause = TimeSpan.FromMilliseconds(50),
            }
        );

    private static async Task<TestPeer> JoinAsync(TestEdge edge)
    {
        TestPeer peer = await TestPeer.GreetAsync(edge.Port, _content);
        await peer.SendAsync(MessageType.Interested);
        await peer.ReadAsync(MessageType.Unchoke);
        return peer;
    }

    private static BlockRequest At(int piece, int block) => new(piece, block * Block, Block);

    private static ReadOnlySpan<byte> BytesOf(BlockRequest block) =>
        _content.Piece(block.Piece).Slice(block.OffsetBytes, block.LengthBytes);

    private static async Task AssertReadsAsync(TestPeer peer, BlockRequest block)
    {
        TestFrame frame = await peer.ReadAsync(MessageType.Piece);
        Assert.Equal(block, frame.Block);
        Assert.True(BytesOf(block).SequenceEqual(frame.Payload.AsSpan(^block.LengthBytes..)));
    }

    [Fact]
    public async Task A_block_leaves_as_soon_as_it_came_and_what_was_asked_for_is_fetched_first()
    {
        var rest = new TaskCompletionSource();
        _origin.GateAt = offset => offset == PieceBytes + 11 * Block ? rest.Task : Task.CompletedTask;
        await using TestEdge edge = NewEdge();
        edge.Seed(_content, states: true);
        await using TestPeer peer = await JoinAsync(edge);
        await peer.RequestAsync(At(1, 10));
        await peer.RequestAsync(At(1, 2));
        await AssertReadsAsync(peer, At(1, 10));
        Assert.Equal(Block, edge.Counted);

        rest.SetResult();
        await AssertReadsAsync(peer, At(1, 2));
        await peer.FetchAsync(_content, [0, 1, 2, 3]);
        Assert.Equal(_content.Bytes.Length, edge.Telemetry.FillBytes);
        Assert.Equal(
            [
                $"bytes={PieceBytes + 10 * Block}-{2 * PieceBytes - 1}",
                $"bytes={PieceBytes}-{PieceBytes + 10 * Block - 1}",
            ],
            _origin.RangeReads.Keys.Select(static read => read.Split(' ')[1]).Where(IsOfSecondPiece).Order().Reverse()
        );

        static bool IsOfSecondPiece(string range) =>
            long.Parse(range["bytes=".Length..].Split('-')[0]) is >= PieceBytes and < 2 * PieceBytes;
    }

    [Fact]
    public async Task However_many_ask_for_blocks_of_a_piece_each_byte_is_fetched_once()
    {
        var all = new TaskCompletionSource();
        _origin.GateAt = _ => all.Task;
        await using TestEdge edge = NewEdge();
        SwarmPieces pieces = edge.Seed(_content, states: true);
        Task<VerifiedPiece?>[] askers =
        [
            .. Enumerable
                .Range(0, 100)
                .Select(i => pieces.TakeBlockAsync(At(1, i % 32), CancellationToken.None).AsTask()),
        ];
        all.SetResult();
        for (int i = 0; i < askers.Length; i++)
        {
            VerifiedPiece taken = (await askers[i])!;
            Assert.True(taken.Has(i % 32 * Block, Block));
            Assert.True(BytesOf(At(1, i % 32)).SequenceEqual(taken.GetSpan().Slice(i % 32 * Block, Block)));
            taken.Release();
        }
        await Wait.UntilAsync(() => pieces.IsStored(1));
        Assert.Equal((1, PieceBytes), (_origin.TotalRangeReads, edge.Telemetry.FillBytes));
    }

    [Fact]
    public async Task No_wrong_block_leaves_and_the_blocks_before_it_do()
    {
        bool isBroken = true;
        _origin.Spoil = (_, bytes) =>
        {
            if (isBroken)
                bytes[7 * Block + 1] ^= 1;
            return bytes;
        };
        await using TestEdge edge = NewEdge();
        edge.Seed(_content, states: true);
        await using TestPeer peer = await JoinAsync(edge);
        await peer.RequestAsync(At(2, 0));
        await AssertReadsAsync(peer, At(2, 0));
        foreach (int block in new[] { 6, 7, 31 })
            await peer.RequestAsync(At(2, block));
        await AssertReadsAsync(peer, At(2, 6));
        Assert.Equal(At(2, 7), (await peer.ReadAsync(MessageType.RejectRequest)).Block);
        Assert.Equal(2 * Block, edge.Counted);
        Assert.True(edge.Telemetry.CorruptFills >= 2);

        isBroken = false;
        await peer.FetchAsync(_content, [2]);
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData("lost")]
    [InlineData("short")]
    public async Task Where_states_are_no_good_pieces_are_checked_as_a_whole(string flaw)
    {
        _origin.SpoilStates = states =>
        {
            if (flaw == "wrong")
                states[45] ^= 1;
            else if (flaw == "lost")
                states.AsSpan(40, 20).Clear();
            else
                states = states[..^1];
            return states;
        };
        await using TestEdge edge = NewEdge();
        edge.Seed(_content, states: true);
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, _content);
        await peer.DownloadAsync(_content, [0, 3, 1, 2]);
        Assert.Equal((0, _content.Bytes.Length), (edge.Telemetry.CorruptFills, edge.Telemetry.FillBytes));
    }

    [Fact]
    public async Task A_connection_that_breaks_within_a_piece_costs_what_is_missing_no_wrong_byte()
    {
        bool isCut = false;
        _origin.Spoil = (_, bytes) => isCut ? bytes : bytes[..^1];
        await using TestEdge edge = NewEdge(attempts: 3);
        edge.Seed(_content, states: true);
        await using TestPeer peer = await JoinAsync(edge);
        await peer.RequestAsync(At(0, 30));
        await AssertReadsAsync(peer, At(0, 30));
        isCut = true;
        await peer.FetchAsync(_content, [0]);
        Assert.Equal(0, edge.Telemetry.CorruptFills);
    }
}

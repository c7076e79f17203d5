using Distribution.BitTorrent.Wire;
using Distribution.EdgeSeeder.Cache;
using Distribution.EdgeSeeder.Tests.Kit;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.EdgeSeeder.Tests.Cache;

public sealed class PieceCacheTests : IAsyncLifetime
{
    private const int PieceBytes = 64 * 1024;
    private const int Pieces = 8;

    private static readonly TestContent _content = new(Pieces * PieceBytes, PieceBytes);
    private static readonly PieceCacheLimits _limits = new()
    {
        DiskBytes = 1 << 30,
        FetchBackOff = TimeSpan.FromMilliseconds(5),
        FetchPause = TimeSpan.FromMilliseconds(50),
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("edge-test-").FullName;
    private TestOrigin _origin = null!;

    public async ValueTask InitializeAsync() => _origin = await TestOrigin.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _origin.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private TestEdge NewEdge(PieceCacheLimits? limits = null, TimeProvider? clock = null) =>
        new(_origin, Engines.Own, cacheLimits: limits ?? _limits, folder: _folder, clock: clock);

    /// <summary>Takes a piece, and waits until it is on the disk too.</summary>
    private static async Task<byte[]?> BytesAsync(SwarmPieces pieces, int piece)
    {
        VerifiedPiece? taken = await pieces.TakeAsync(piece, CancellationToken.None);
        byte[]? bytes = taken?.Memory.ToArray();
        taken?.Release();
        await Wait.UntilAsync(() => pieces.IsStored(piece));
        return bytes;
    }

    private string FileOf(int piece) => Path.Combine(_folder, "pieces", $"{_content.InfoHash}", $"{piece:x8}");

    [Fact]
    public async Task A_missing_piece_is_fetched_once_however_many_ask()
    {
        await using TestEdge edge = NewEdge();
        SwarmPieces pieces = edge.Seed(_content);
        var gate = new TaskCompletionSource();
        _origin.Gate = gate.Task;
        Task<byte[]?>[] askers = [.. Enumerable.Range(0, 100).Select(_ => BytesAsync(pieces, 3))];
        gate.SetResult();
        foreach (byte[]? bytes in await Task.WhenAll(askers))
            Assert.True(_content.Piece(3).SequenceEqual(bytes));
        Assert.Equal(1, _origin.TotalRangeReads);
        Assert.Equal(PieceBytes, edge.Telemetry.FillBytes);
    }

    [Fact]
    public async Task Fifty_peers_on_the_wire_cost_one_fetch_a_piece()
    {
        await using TestEdge edge = NewEdge();
        edge.Seed(_content);
        await Task.WhenAll(
            Enumerable
                .Range(0, 50)
                .Select(async _ =>
                {
                    await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, _content);
                    await peer.DownloadAsync(_content, Enumerable.Range(0, Pieces));
                })
        );
        Assert.Equal(Pieces, _origin.TotalRangeReads);
        Assert.All(_origin.RangeReads.Values, count => Assert.Equal(1, count));
        Assert.Equal(50L * _content.Bytes.Length, edge.Counted);
        await Wait.UntilAsync(() => edge.Cache.StoredBytes == _content.Bytes.Length);
    }

    [Fact]
    public async Task Wrong_data_from_the_origin_are_never_given_out_and_fetched_again()
    {
        _origin.Spoil = (before, bytes) =>
        {
            if (before < 2)
                bytes[^1] ^= 1;
            return bytes;
        };
        await using TestEdge edge = NewEdge();
        SwarmPieces pieces = edge.Seed(_content);
        Assert.Equal(_content.Piece(0).ToArray(), await BytesAsync(pieces, 0));
        Assert.Equal(2, edge.Telemetry.CorruptFills);
        Assert.Equal(3, _origin.TotalRangeReads);
        Assert.Equal(3 * PieceBytes, edge.Telemetry.FillBytes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_piece_that_cannot_be_had_right_is_refused_and_no_byte_of_it_leaves(bool fast)
    {
        bool broken = true;
        _origin.Spoil = (_, bytes) => broken ? bytes[..^1] : bytes;
        await using TestEdge edge = NewEdge(_limits with { FetchAttempts = 2 });
        edge.Seed(_content);
        await using TestPeer peer = await TestPeer.GreetAsync(
            edge.Port,
            _content,
            fast ? ReservedBits.Fast : ReservedBits.None
        );
        await peer.SendAsync(MessageType.Interested);
        await peer.ReadAsync(MessageType.Unchoke);
        var block = new BlockRequest(1, 0, 16 * 1024);
        await peer.RequestAsync(block);
        if (fast)
            Assert.Equal(block, (await peer.ReadAsync(MessageType.RejectRequest)).Block);
        else
        {
            await peer.ReadAsync(MessageType.Choke);
            await peer.ReadAsync(MessageType.Unchoke);
        }
        Assert.Equal(0, edge.Counted);

        broken = false;
        await Wait.UntilAsync(async () =>
        {
            await peer.RequestAsync(block);
            TestFrame? answer = await peer.ReadAsync();
            return answer?.Type == MessageType.Piece;
        });
    }

    [Fact]
    public async Task What_is_on_the_disk_is_used_after_a_restart_and_what_was_damaged_there_fetched_again()
    {
        await using (TestEdge first = NewEdge())
        {
            SwarmPieces pieces = first.Seed(_content);
            for (int piece = 0; piece < Pieces; piece++)
                await BytesAsync(pieces, piece);
        }
        Assert.Equal(Pieces, _origin.TotalRangeReads);
        byte[] damaged = await File.ReadAllBytesAsync(FileOf(2));
        damaged[1000] ^= 0x40;
        await File.WriteAllBytesAsync(FileOf(2), damaged);
        await File.WriteAllBytesAsync(FileOf(4), damaged[..100]);
        File.Delete(FileOf(5));
        await File.WriteAllBytesAsync(FileOf(6) + ".part", damaged);

        await using TestEdge second = NewEdge();
        Assert.False(File.Exists(FileOf(6) + ".part"));
        second.Seed(_content);
        await using TestPeer peer = await TestPeer.GreetAsync(second.Port, _content);
        await peer.DownloadAsync(_content, Enumerable.Range(0, Pieces));
        Assert.Equal(Pieces + 3, _origin.TotalRangeReads);
        Assert.Equal(2, second.Telemetry.DamagedInCache);
    }

    [Fact]
    public async Task A_file_cut_off_while_it_is_sent_costs_a_fetch_and_no_wrong_byte()
    {
        await using TestEdge edge = NewEdge();
        SwarmPieces pieces = edge.Seed(_content);
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, _content);
        await peer.DownloadAsync(_content, [0, 1]);
        await Wait.UntilAsync(() => pieces.IsStored(1));
        using (FileStream file = File.OpenWrite(FileOf(1)))
            file.SetLength(0);
        await peer.FetchAsync(_content, [0, 1, 2]);
        Assert.Equal(1, edge.Telemetry.DamagedInCache);
        await edge.Engine.StopAsync();
        Assert.Equal(peer.PayloadRead, edge.Counted);
    }

    [Fact]
    public async Task A_file_that_is_written_while_it_is_in_use_is_noticed_within_a_second()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using TestEdge edge = NewEdge(clock: clock);
        SwarmPieces pieces = edge.Seed(_content);
        Assert.Equal(_content.Piece(1).ToArray(), await BytesAsync(pieces, 1));
        byte[] damaged = _content.Piece(1).ToArray();
        damaged[5] ^= 1;
        // In place, as a bad controller or a careless hand does; a file system's clock may be too coarse to show two writes at once.
        using (FileStream file = File.OpenWrite(FileOf(1)))
            file.Write(damaged);
        File.SetLastWriteTimeUtc(FileOf(1), clock.GetUtcNow().UtcDateTime.AddSeconds(5));

        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(_content.Piece(1).ToArray(), await BytesAsync(pieces, 1));
        Assert.Equal((1, 2), (edge.Telemetry.DamagedInCache, _origin.TotalRangeReads));
    }

    [Fact]
    public async Task The_first_pieces_of_a_torrent_come_in_parts_side_by_side_and_each_byte_once()
    {
        var large = new TestContent(6 * 512 * 1024 + 1, 512 * 1024, seed: 3);
        await using TestEdge edge = NewEdge();
        SwarmPieces pieces = edge.Seed(large);
        byte[]?[] all = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => BytesAsync(pieces, i % 7)));
        for (int i = 0; i < all.Length; i++)
            Assert.True(large.Piece(i % 7).SequenceEqual(all[i]));
        Assert.Equal(large.Bytes.Length, edge.Telemetry.FillBytes);
        Assert.All(_origin.RangeReads.Values, static count => Assert.Equal(1, count));
        Assert.True(_origin.TotalRangeReads > 7);
    }

    [Fact]
    public async Task A_hot_torrent_is_fetched_before_anybody_asks_and_no_further_than_its_part_of_the_disk()
    {
        await using TestEdge edge = NewEdge(_limits with { DiskBytes = 12 * PieceBytes });
        SwarmPieces pieces = edge.Seed(_content);
        await BytesAsync(pieces, 1);
        pieces.Warm();
        pieces.Warm();
        await Wait.UntilAsync(() => edge.Cache.StoredBytes == 3 * PieceBytes);
        Assert.Equal([KeyValuePair.Create(_content.InfoHash, 3L * PieceBytes)], edge.Cache.StoredBySwarm());
        await BytesAsync(pieces, 2);
        Assert.Equal(3, _origin.TotalRangeReads);
    }

    [Fact]
    public async Task The_disk_limit_is_kept_and_the_least_recently_used_go()
    {
        await using TestEdge edge = NewEdge(_limits with { DiskBytes = 4 * PieceBytes });
        SwarmPieces pieces = edge.Seed(_content);
        for (int piece = 0; piece < 4; piece++)
            await BytesAsync(pieces, piece);
        await BytesAsync(pieces, 0);
        for (int piece = 4; piece < 6; piece++)
        {
            Assert.Equal(_content.Piece(piece).ToArray(), await BytesAsync(pieces, piece));
            Assert.True(edge.Cache.StoredBytes <= 4 * PieceBytes);
        }
        long onDisk = new DirectoryInfo(Path.GetDirectoryName(FileOf(0))!).EnumerateFiles().Sum(file => file.Length);
        Assert.Equal(edge.Cache.StoredBytes, onDisk);
        int reads = _origin.TotalRangeReads;
        await BytesAsync(pieces, 0);
        Assert.Equal(reads, _origin.TotalRangeReads);
        await BytesAsync(pieces, 1);
        Assert.Equal(reads + 1, _origin.TotalRangeReads);
    }

    [Fact]
    public async Task Without_a_disk_to_write_to_it_serves_from_memory_within_its_bound()
    {
        // Where the torrent's folder should be stands a file: every write fails.
        Directory.CreateDirectory(Path.Combine(_folder, "pieces"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "pieces", $"{_content.InfoHash}"), "");
        await using TestEdge edge = NewEdge(_limits with { MemoryBytes = 3 * PieceBytes });
        SwarmPieces pieces = edge.Seed(_content);
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, _content);
        await peer.DownloadAsync(_content, Enumerable.Range(0, Pieces));
        Assert.Equal(0, edge.Cache.StoredBytes);
        // One whose write has not failed yet is there beside them.
        await Wait.UntilAsync(() => InMemory() is >= 1 and <= 3);

        int InMemory() =>
            Enumerable
                .Range(0, Pieces)
                .Count(piece =>
                {
                    if (!pieces.TryTake(piece, out VerifiedPiece? taken))
                        return false;
                    Assert.True(taken!.InMemoryOnly);
                    taken.Release();
                    return true;
                });
    }

    [Fact]
    public async Task A_reader_in_order_finds_the_next_pieces_fetched()
    {
        await using TestEdge edge = NewEdge();
        edge.Seed(_content);
        await using TestPeer peer = await TestPeer.GreetAsync(edge.Port, _content);
        await peer.DownloadAsync(_content, [0, 1]);
        await Wait.UntilAsync(() => _origin.TotalRangeReads == 4);
    }
}

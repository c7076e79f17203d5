using Distribution.BitTorrent;
using Distribution.Contracts.Files;
using Distribution.Ingest.Pieces;
using FsCheck.Xunit;

namespace Distribution.Ingest.Tests.Pieces;

public sealed class ParallelContentHasherTests : IDisposable
{
    private readonly HashWorkers _workers = new(3);

    public void Dispose() => _workers.Dispose();

    public static TheoryData<int, int> Sizes()
    {
        var data = new TheoryData<int, int>();
        foreach (int piece in new[] { 16384, 65536, 1 << 20 })
        {
            int[] sizes =
            [
                1,
                16383,
                16384,
                16385,
                piece - 1,
                piece,
                piece + 1,
                2 * piece,
                3 * piece + 1,
                1 << 19,
                1 << 21,
                (1 << 21) + 1,
            ];
            foreach (int size in sizes.Distinct())
                data.Add(piece, size);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task A_file_of_any_size_hashes_as_by_the_straightforward_way(int pieceLength, int size)
    {
        foreach (TorrentFormat format in Enum.GetValues<TorrentFormat>())
        {
            var content = ContentCase.File(size, pieceLength, format);
            var hasher = new ParallelContentHasher(PieceMap.Of(content.Manifest), _workers);
            HashedStretch end = await hasher.HashAsync(content.Content, TestContext.Current.CancellationToken);
            Assert.Equal(size, end.End);
            content.AssertTorrentOf(end.PieceRecords, end.State);
            content.AssertBlockStates(end.BlockStates);
        }
    }

    [Property(MaxTest = 60)]
    public async Task Restarts_anywhere_change_nothing(int seed)
    {
        var random = new Random(seed);
        var content = ContentCase.Random(seed);
        PieceMap map = PieceMap.Of(content.Manifest);
        var records = new List<byte>();
        var blockStates = new List<byte>();
        ReadOnlyMemory<byte> state = default;
        int at = 0;
        int step = random.Next(1, 5) * 100_000;
        while (at < content.Content.Length)
        {
            int end = Math.Min(content.Content.Length, at + random.Next(1, step));
            var hasher = new ParallelContentHasher(map, _workers, at, state);
            // Streams are copied into blocks, memory is not.
            HashedStretch hashed =
                random.Next(2) == 0
                    ? await hasher.HashAsync(content.Content.AsMemory(at, end - at))
                    : await hasher.HashAsync(new MemoryStream(content.Content, at, end - at));
            Assert.Equal(end, hashed.End);
            Assert.Equal(0, hasher.BlocksInUse);
            Assert.InRange(hashed.State.Length, 1, 750);
            records.AddRange(hashed.PieceRecords.Span);
            blockStates.AddRange(hashed.BlockStates.Span);
            state = hashed.State.ToArray();
            at = end;
        }
        content.AssertTorrentOf(records.ToArray(), state);
        content.AssertBlockStates(blockStates.ToArray());
    }

    [Fact]
    public async Task Folders_of_one_file_of_many_and_of_empty_ones_are_right()
    {
        foreach (TorrentFormat format in Enum.GetValues<TorrentFormat>())
        {
            foreach (int[] sizes in new[] { [70_001], new[] { 0, 5, 0, 0, 65536, 0 }, [.. Enumerable.Repeat(3, 500)] })
            {
                var content = ContentCase.Folder(32768, format, sizes);
                var hasher = new ParallelContentHasher(PieceMap.Of(content.Manifest), _workers);
                HashedStretch end = await hasher.HashAsync(content.Content, TestContext.Current.CancellationToken);
                content.AssertTorrentOf(end.PieceRecords, end.State);
            }
        }
    }

    [Fact]
    public async Task Without_the_whole_contents_hash_the_pieces_are_the_same()
    {
        var content = ContentCase.File(3_000_000, 1 << 19, TorrentFormat.Hybrid);
        PieceMap map = PieceMap.Of(content.Manifest);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        HashedStretch with = await new ParallelContentHasher(map, _workers).HashAsync(content.Content, cancellation);
        var hasher = new ParallelContentHasher(map, _workers, hashesContent: false);
        HashedStretch without = await hasher.HashAsync(content.Content, cancellation);
        Assert.Equal(with.PieceRecords.ToArray(), without.PieceRecords.ToArray());
        Assert.Throws<InvalidDataException>(() =>
            new ParallelContentHasher(map, _workers, without.End, without.State, hashesContent: true)
        );
    }

    [Theory]
    [InlineData(16 << 10, true)]
    [InlineData(64 << 20, true)]
    [InlineData(16 << 10, false)]
    [InlineData(16 << 20, false)]
    [InlineData(64 << 20, false)]
    public async Task Memory_is_bounded_whatever_the_pieces(int pieceLength, bool hashesContent)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var map = new PieceMap(pieceLength, TorrentVersions.Hybrid, 1L << 40);
        using var workers = new HashWorkers(64);
        var hasher = new ParallelContentHasher(map, workers, hashesContent: hashesContent);
        Assert.InRange(
            (long)hasher.MaxBlocks * ContentBlock.MaxBytes,
            2 * ContentBlock.MaxBytes,
            ParallelContentHasher.MaxMemoryBytes
        );
        // Nobody reads what is hashed, so no block comes back: the next one has to wait.
        long at = 0;
        while (hasher.BlocksInUse < hasher.MaxBlocks)
        {
            ContentBlock block = await hasher.RentAsync(at, cancellation);
            Assert.InRange(block.FreeBytes, 1, ContentBlock.MaxBytes);
            block.Advance(block.FreeBytes);
            at = block.End;
            hasher.Post(block);
        }
        Task<ContentBlock> next = hasher.RentAsync(at, cancellation).AsTask();
        Assert.False(next.IsCompleted);
        await using IAsyncEnumerator<HashedStretch> hashed = hasher
            .ReadAllAsync(cancellation)
            .GetAsyncEnumerator(cancellation);
        Assert.True(await hashed.MoveNextAsync());
        hasher.Return(await next);
    }

    [Fact]
    public void Blocks_that_do_not_follow_are_refused()
    {
        var hasher = new ParallelContentHasher(new PieceMap(16384, TorrentVersions.V1, 100_000), _workers);
        var block = new ContentBlock(5, new byte[10]);
        Assert.Throws<ArgumentException>(() => hasher.Post(block));
    }
}

using System.Security.Cryptography;
using Distribution.BitTorrent.Merkle;
using Distribution.BitTorrent.Pieces;
using FsCheck.Xunit;

namespace Distribution.BitTorrent.Tests.Pieces;

public sealed class ContentHasherTests
{
    private const int PieceLength = 65536;

    [Property(MaxTest = 40)]
    public void Spans_of_any_size_hash_as_the_whole(ushort size, int seed)
    {
        var random = new Random(seed);
        byte[] content = Content(size * 5);
        ContentHashes whole = Hash(content, content.Length + 1);
        using var hasher = new ContentHasher(PieceLength, TorrentVersions.Hybrid, inFolder: true);
        for (int at = 0; at < content.Length; )
        {
            int taken = Math.Min(content.Length - at, random.Next(0, 3 * MerkleTree.BlockLengthBytes));
            hasher.Append(content.AsSpan(at, taken));
            at += taken;
            Assert.Equal(at, hasher.LengthBytes);
        }
        AssertSame(whole, hasher.Finish());
    }

    [Fact]
    public void Version_1_is_the_SHA1_of_each_piece_and_of_the_last_one_padded()
    {
        byte[] content = Content(3 * PieceLength + 777);
        ContentHashes hashes = Hash(content, 1000);
        byte[][] pieces = [.. content.Chunk(PieceLength)];
        Assert.Equal(pieces.SelectMany(SHA1.HashData), hashes.V1Pieces.ToArray());
        Assert.Equal(PieceLength - 777, hashes.PaddingBytes);
        Assert.Equal(
            SHA1.HashData([.. pieces[^1], .. new byte[PieceLength - 777]]),
            hashes.PaddedLastV1Piece!.Value.ToArray()
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(PieceLength - 1)]
    [InlineData(PieceLength)]
    [InlineData(PieceLength + 1)]
    [InlineData(9 * PieceLength)]
    [InlineData(9 * PieceLength + 40_000)]
    public async Task Pieces_of_several_threads_join_to_the_same(int size)
    {
        byte[] content = Content(size);
        var list = new PieceHashList(PieceLength, TorrentVersions.Hybrid);
        int pieces = (size + PieceLength - 1) / PieceLength;
        int next = pieces;
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        using var hasher = new PieceHasher(PieceLength, TorrentVersions.Hybrid, hashesPadding: true);
                        for (int i; (i = Interlocked.Decrement(ref next)) >= 0; )
                            list.Add(
                                i,
                                hasher.Hash(
                                    content.AsSpan(i * PieceLength, Math.Min(PieceLength, size - i * PieceLength))
                                )
                            );
                    })
                )
        );
        AssertSame(Hash(content, 4096), list.Build());
    }

    [Fact]
    public void A_stored_piece_can_be_added_later()
    {
        byte[] content = Content(2 * PieceLength + 5);
        using var hasher = new PieceHasher(PieceLength, TorrentVersions.Hybrid, hashesPadding: true);
        var list = new PieceHashList(PieceLength, TorrentVersions.Hybrid);
        foreach ((int index, byte[] piece) in content.Chunk(PieceLength).Index())
        {
            PieceHashes made = hasher.Hash(piece);
            var stored = new PieceHashes(
                made.LengthBytes,
                made.V1.ToArray(),
                made.V1Padded.ToArray(),
                new MerkleHash(made.V2!.Value.AsSpan().ToArray())
            );
            Assert.Equal(made, stored);
            list.Add(index, stored);
        }
        AssertSame(Hash(content, 4096), list.Build());
    }

    [Theory]
    [InlineData(TorrentVersions.V1)]
    [InlineData(TorrentVersions.V2)]
    public void Each_version_alone_is_its_half_of_both(TorrentVersions versions)
    {
        byte[] content = Content(3 * PieceLength + 1);
        ContentHashes both = Hash(content, 4096);
        using var hasher = new ContentHasher(PieceLength, versions);
        hasher.Append(content);
        ContentHashes alone = hasher.Finish();
        Assert.Equal(versions == TorrentVersions.V1 ? both.V1Pieces.ToArray() : [], alone.V1Pieces.ToArray());
        Assert.Equal(versions == TorrentVersions.V2 ? both.Layer!.Root : null, alone.Layer?.Root);
        Assert.Null(alone.PaddedLastV1Piece);
    }

    [Fact]
    public void Empty_content_has_no_piece_and_no_root()
    {
        using var hasher = new ContentHasher(PieceLength, TorrentVersions.Hybrid, inFolder: true);
        hasher.Append([]);
        ContentHashes hashes = hasher.Finish();
        Assert.Equal(0, hashes.LengthBytes);
        Assert.Equal(0, hashes.PaddingBytes);
        Assert.Null(hashes.Layer);
        Assert.True(hashes.V1Pieces.IsEmpty);
    }

    [Fact]
    public void Memory_grows_with_the_pieces_not_the_blocks()
    {
        byte[] span = Content(1 << 20);
        using var hasher = new ContentHasher(1 << 20, TorrentVersions.Hybrid);
        hasher.Append(span);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 128; i++)
            hasher.Append(span);
        // 128 pieces, 8192 blocks: the blocks' hashes alone would be 262 144 bytes.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Misuse_throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ContentHasher(40_000, TorrentVersions.V1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ContentHasher(8192, TorrentVersions.V1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ContentHasher(1 << 27, TorrentVersions.V1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ContentHasher(PieceLength, TorrentVersions.None));
        using var piece = new PieceHasher(PieceLength, TorrentVersions.Hybrid);
        Assert.Throws<InvalidOperationException>(() => piece.Finish());
        Assert.Throws<ArgumentException>(() => piece.Append(new byte[PieceLength + 1]));
        PieceHashes whole = piece.Hash(new byte[PieceLength]);
        PieceHashes cut = piece.Hash(new byte[1]);
        piece.Append(new byte[1]);
        Assert.Throws<InvalidOperationException>(() => piece.Hash(new byte[1]));

        var list = new PieceHashList(PieceLength, TorrentVersions.Hybrid);
        list.Add(2, whole);
        Assert.Throws<InvalidOperationException>(list.Build);
        list.Add(0, cut);
        list.Add(1, whole);
        Assert.Throws<InvalidOperationException>(list.Build);
        Assert.Throws<ArgumentException>(() => list.Add(3, cut));
        list.Add(0, whole);
        list.Add(3, cut);
        Assert.Equal(3 * PieceLength + 1, list.Build().LengthBytes);
        Assert.Throws<ArgumentException>(() => new PieceHashList(PieceLength, TorrentVersions.V1).Add(0, whole));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            new PieceHashList(16384, TorrentVersions.Hybrid).Add(0, whole)
        );
    }

    private static ContentHashes Hash(byte[] content, int spanBytes)
    {
        using var hasher = new ContentHasher(PieceLength, TorrentVersions.Hybrid, inFolder: true);
        for (int at = 0; at < content.Length; at += spanBytes)
            hasher.Append(content.AsSpan(at, Math.Min(spanBytes, content.Length - at)));
        return hasher.Finish();
    }

    private static void AssertSame(ContentHashes expected, ContentHashes actual)
    {
        Assert.Equal(expected.LengthBytes, actual.LengthBytes);
        Assert.Equal(expected.V1Pieces.ToArray(), actual.V1Pieces.ToArray());
        Assert.Equal(expected.PaddedLastV1Piece?.ToArray(), actual.PaddedLastV1Piece?.ToArray());
        Assert.Equal(expected.Layer?.Root, actual.Layer?.Root);
        Assert.Equal(expected.Layer?.Hashes.ToArray(), actual.Layer?.Hashes.ToArray());
    }

    private static byte[] Content(int size)
    {
        var content = new byte[size];
        new Random(size).NextBytes(content);
        return content;
    }
}

using System.Security.Cryptography;
using Distribution.BitTorrent.Merkle;

namespace Distribution.BitTorrent.Tests.Merkle;

public sealed class MerkleTests
{
    [Fact]
    public void Hashes_are_those_of_the_vectors()
    {
        // SHA-256 of "abc" (FIPS 180), and the zero subtrees that every SHA-256 merkle tree with zero leaves shares.
        Assert.Equal(
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            MerkleHash.OfBlock("abc"u8).ToString()
        );
        Assert.Equal(new string('0', 64), MerkleTree.ZeroSubtree(0).ToString());
        Assert.Equal(
            "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b",
            MerkleTree.ZeroSubtree(1).ToString()
        );
        Assert.Equal(
            "db56114e00fdd4c1f85c892bf35ac9a89289aaecb1ebd0a96cde606a748b5d71",
            MerkleTree.ZeroSubtree(2).ToString()
        );
    }

    [Fact]
    public void The_root_is_that_of_the_whole_tree_for_every_count()
    {
        for (int count = 1; count <= 130; count++)
        {
            foreach (int baseLevel in new[] { 0, 1, 5 })
            {
                MerkleHash[] nodes = [.. Enumerable.Range(0, count).Select(i => Node(i))];
                var hasher = new MerkleHasher(baseLevel);
                foreach (MerkleHash node in nodes)
                    hasher.Push(node);

                int top = baseLevel + MerkleTree.LevelsAbove(count);
                Assert.Equal(WholeTree(nodes, baseLevel, top), hasher.Root());
                Assert.Equal(WholeTree(nodes, baseLevel, top + 3), hasher.Root(top + 3));
                Assert.Equal(hasher.Root(top + 3), MerkleTree.Lift(hasher.Root()!.Value, top, top + 3));
                Assert.Equal(count, hasher.Count);
            }
        }
    }

    [Fact]
    public void Nodes_pushed_together_are_as_pushed_one_by_one()
    {
        var random = new Random(7);
        for (int round = 0; round < 300; round++)
        {
            var single = new MerkleHasher(0);
            var together = new MerkleHasher(0);
            for (int pushed = 0; pushed < 200; )
            {
                MerkleHash[] nodes = [.. Enumerable.Range(pushed, random.Next(0, 150)).Select(Node)];
                foreach (MerkleHash node in nodes)
                    single.Push(node);
                together.Push(nodes);
                pushed += nodes.Length;
                Assert.Equal(single.Count, together.Count);
                Assert.Equal(Pending(single), Pending(together));
            }
        }

        static byte[] Pending(MerkleHasher hasher)
        {
            var nodes = new byte[MerkleHasher.PendingNodes(hasher.Count) * MerkleHash.LengthBytes];
            hasher.Export(nodes);
            return nodes;
        }
    }

    [Fact]
    public void Pairs_hashed_together_have_the_nodes_of_each()
    {
        for (int pairs = 0; pairs <= 40; pairs++)
        {
            MerkleHash[] nodes = [.. Enumerable.Range(0, 2 * pairs).Select(i => Node(i))];
            MerkleHash[] expected = [.. nodes.Chunk(2).Select(pair => MerkleHash.OfPair(pair[0], pair[1]))];
            // In their own place too.
            MerkleHash.OfPairs(nodes, nodes.AsSpan(0, pairs));
            Assert.Equal(expected, nodes[..pairs]);
        }
        Assert.Throws<ArgumentException>(() => MerkleHash.OfPairs(new MerkleHash[3], new MerkleHash[1]));
    }

    [Fact]
    public void Asking_for_the_root_changes_nothing_and_reset_forgets()
    {
        var hasher = new MerkleHasher(0);
        Assert.Null(hasher.Root());
        Assert.Equal(MerkleTree.ZeroSubtree(4), hasher.Root(4));
        for (int i = 0; i < 5; i++)
        {
            hasher.Push(Node(i));
            hasher.Root();
        }
        MerkleHash five = hasher.Root()!.Value;
        Assert.Equal(WholeTree([.. Enumerable.Range(0, 5).Select(Node)], 0, 3), five);
        Assert.Throws<ArgumentOutOfRangeException>(() => hasher.Root(2));
        hasher.Reset();
        Assert.Null(hasher.Root());
        hasher.Push(Node(0));
        Assert.Equal(Node(0), hasher.Root());
    }

    [Fact]
    public void A_piece_layer_reckons_its_root_and_checks_it_when_read()
    {
        const int pieceLength = 65536;
        byte[] content = RandomNumberGenerator.GetBytes(5 * pieceLength + 20_000);
        MerkleHash[] leaves =
        [
            .. content.Chunk(MerkleTree.BlockLengthBytes).Select(block => MerkleHash.OfBlock(block)),
        ];
        MerkleHash root = WholeTree(leaves, 0, MerkleTree.LevelsAbove(leaves.Length));
        byte[] hashes = [.. leaves.Chunk(4).SelectMany(piece => WholeTree(piece, 0, 2).AsSpan().ToArray())];

        PieceLayer layer = PieceLayer.OfPieces(content.Length, pieceLength, hashes);
        Assert.Equal(root, layer.Root);
        Assert.Equal(6, layer.PieceCount);
        Assert.True(layer.IsListed);
        Assert.Equal(WholeTree(leaves[20..], 0, 2), layer[5]);
        Assert.Throws<ArgumentOutOfRangeException>(() => layer[6]);

        Assert.True(PieceLayer.TryRead(root, content.Length, pieceLength, hashes, out PieceLayer? read, out _));
        Assert.Equal(root, read.Root);
        foreach (int bit in new[] { 0, 100, 8 * hashes.Length - 1 })
        {
            byte[] wrong = [.. hashes];
            wrong[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(PieceLayer.TryRead(root, content.Length, pieceLength, wrong, out read, out string? error));
            Assert.Null(read);
            Assert.NotEmpty(error);
        }
    }

    [Theory]
    [InlineData(0, 65536, 0)]
    [InlineData(-1, 65536, 0)]
    [InlineData(65536, 65536, 32)]
    [InlineData(65537, 65536, 0)]
    [InlineData(65537, 65536, 32)]
    [InlineData(65537, 65536, 63)]
    [InlineData(65537, 65536, 96)]
    [InlineData(long.MaxValue, 65536, 64)]
    [InlineData(100, 65535, 0)]
    [InlineData(100, 8192, 0)]
    [InlineData(100, 0, 0)]
    [InlineData(100, int.MinValue, 0)]
    public void A_layer_that_cannot_be_is_refused(long length, int pieceLength, int hashBytes)
    {
        bool isRead = PieceLayer.TryRead(default, length, pieceLength, new byte[hashBytes], out _, out string? error);
        Assert.False(isRead);
        Assert.NotEmpty(error!);
    }

    [Fact]
    public void A_file_of_one_piece_has_its_root_for_a_layer()
    {
        PieceLayer layer = PieceLayer.OfRoot(65536, 65536, Node(1));
        Assert.False(layer.IsListed);
        Assert.Equal(1, layer.PieceCount);
        Assert.Equal(Node(1), layer[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => PieceLayer.OfRoot(65537, 65536, Node(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => PieceLayer.OfRoot(0, 65536, Node(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => PieceLayer.OfPieces(65536, 65536, new byte[32]));
        Assert.Throws<ArgumentException>(() => PieceLayer.OfPieces(65537, 65536, new byte[32]));
    }

    /// <summary>The tree drawn in full, as BEP 52 tells it.</summary>
    private static MerkleHash WholeTree(MerkleHash[] nodes, int fromLevel, int toLevel)
    {
        MerkleHash beyond = default;
        for (int level = 0; level < fromLevel; level++)
            beyond = Parent(beyond, beyond);
        List<MerkleHash> layer = [.. nodes];
        layer.AddRange(Enumerable.Repeat(beyond, (1 << (toLevel - fromLevel)) - nodes.Length));
        while (layer.Count > 1)
            layer = [.. layer.Chunk(2).Select(pair => Parent(pair[0], pair[1]))];
        return layer[0];
    }

    private static MerkleHash Parent(MerkleHash left, MerkleHash right) =>
        new(SHA256.HashData([.. left.AsSpan(), .. right.AsSpan()]));

    private static MerkleHash Node(int i) => MerkleHash.OfBlock([(byte)i]);
}

using System.Numerics;
using System.Runtime.InteropServices;
using Distribution.BitTorrent.Merkle;

namespace Distribution.BitTorrent.Tests.Merkle;

public sealed class PieceTreeTests
{
    [Fact]
    public void Every_answer_leads_to_the_root()
    {
        var random = new Random(52);
        foreach (int pieceLength in new[] { 16 << 10, 64 << 10 })
        {
            for (int pieces = 2; pieces <= 70; pieces++)
            {
                PieceLayer layer = Layer(random, pieces, pieceLength);
                var tree = new PieceTree(layer);
                Assert.Equal(layer.Root, tree.Root);
                int height = BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)pieces));
                int pieceLevel = MerkleTree.LevelOfPieces(pieceLength);
                for (int at = 0; at < height; at++)
                {
                    for (int count = 2; count <= 1 << height - at; count *= 2)
                    {
                        for (int index = 0; index < 1 << height - at; index += count)
                        {
                            Assert.True(
                                tree.TryGetHashes(pieceLevel + at, index, count, height - at - 1, out byte[]? hashes)
                            );
                            Assert.Equal(layer.Root, RootOf(hashes, index, count));
                        }
                    }
                }
            }
        }
    }

    [Fact]
    public void The_nodes_of_the_base_level_are_the_layer_and_zero_subtrees_behind_it()
    {
        PieceLayer layer = Layer(new Random(1), 5, 32 << 10);
        Assert.True(new PieceTree(layer).TryGetHashes(1, 4, 4, 0, out byte[]? hashes));
        MerkleHash zero = MerkleTree.ZeroSubtree(1);
        Assert.Equal([layer[4], zero, zero, zero], MemoryMarshal.Cast<byte, MerkleHash>(hashes).ToArray());
    }

    [Theory]
    // 600 pieces of 32 KiB: the pieces' level is 1, and the root stands 10 levels above it.
    [InlineData(0, 0, 2, 0)] // the leaves are not kept
    [InlineData(11, 0, 2, 0)] // the root itself has nothing beside it
    [InlineData(12, 0, 2, 0)]
    [InlineData(1, 0, 0, 0)]
    [InlineData(1, 0, 1, 0)]
    [InlineData(1, 0, 3, 0)]
    [InlineData(1, 0, 1024, 0)] // more than anybody should ask for
    [InlineData(1, 1, 2, 0)] // not at a multiple
    [InlineData(1, 1024, 2, 0)]
    [InlineData(1, int.MaxValue - 1, 2, 0)]
    [InlineData(1, -2, 2, 0)]
    [InlineData(1, 0, 2, 10)] // above the root
    [InlineData(1, 0, 2, int.MaxValue)]
    [InlineData(1, 0, 2, -1)]
    [InlineData(int.MaxValue, 0, 2, 0)]
    [InlineData(int.MinValue, 0, 2, 0)]
    public void What_has_no_answer_gets_none(int baseLevel, int index, int count, int proofLevels)
    {
        var tree = new PieceTree(Layer(new Random(2), 600, 32 << 10));
        Assert.False(tree.TryGetHashes(baseLevel, index, count, proofLevels, out byte[]? hashes));
        Assert.Null(hashes);
        Assert.True(tree.TryGetHashes(1, 512, 512, 9, out hashes));
        // The half that is asked for, and the other half's node.
        Assert.Equal(513 * MerkleHash.LengthBytes, hashes.Length);
    }

    private static MerkleHash RootOf(byte[] hashes, int index, int count)
    {
        MerkleHash[] nodes = MemoryMarshal.Cast<byte, MerkleHash>(hashes).ToArray();
        MerkleHash[] level = nodes[..count];
        while (level.Length > 1)
            level = [.. level.Chunk(2).Select(pair => MerkleHash.OfPair(pair[0], pair[1]))];
        MerkleHash node = level[0];
        int position = index / count;
        foreach (MerkleHash uncle in nodes[count..])
        {
            node = position % 2 == 0 ? MerkleHash.OfPair(node, uncle) : MerkleHash.OfPair(uncle, node);
            position /= 2;
        }
        return node;
    }

    private static PieceLayer Layer(Random random, int pieces, int pieceLengthBytes)
    {
        var hashes = new byte[pieces * MerkleHash.LengthBytes];
        random.NextBytes(hashes);
        return PieceLayer.OfPieces((long)pieces * pieceLengthBytes - 5, pieceLengthBytes, hashes);
    }
}

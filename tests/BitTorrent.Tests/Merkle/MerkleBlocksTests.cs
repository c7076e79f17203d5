using System.Security.Cryptography;
using Distribution.BitTorrent.Merkle;

namespace Distribution.BitTorrent.Tests.Merkle;

public sealed class MerkleBlocksTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(32)]
    [InlineData(53)]
    public void Blocks_hashed_together_have_the_leaves_of_each(int count)
    {
        byte[] blocks = RandomNumberGenerator.GetBytes(count * MerkleTree.BlockLengthBytes);
        var leaves = new MerkleHash[count];
        MerkleHash.OfBlocks(blocks, leaves);
        for (int i = 0; i < count; i++)
            Assert.Equal(
                SHA256.HashData(blocks.AsSpan(i * MerkleTree.BlockLengthBytes, MerkleTree.BlockLengthBytes)),
                leaves[i].AsSpan().ToArray()
            );
    }

    [Fact]
    public void Other_than_whole_blocks_are_refused()
    {
        Assert.Throws<ArgumentException>(() =>
            MerkleHash.OfBlocks(new byte[MerkleTree.BlockLengthBytes - 1], new MerkleHash[1])
        );
        Assert.Throws<ArgumentException>(() => MerkleHash.OfBlocks(new byte[MerkleTree.BlockLengthBytes], []));
    }
}

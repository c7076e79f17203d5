using System.Security.Cryptography;
using Distribution.BitTorrent.Hashing;
using Distribution.BitTorrent.Pieces;

namespace Distribution.BitTorrent.Tests.Pieces;

public sealed class BlockVerifierTests
{
    private const int Block = BlockStateMap.BlockBytes;

    [Theory]
    [InlineData(1)]
    [InlineData(Block)]
    [InlineData(Block + 1)]
    [InlineData(3 * Block)]
    [InlineData(5 * Block - 63)]
    public void Blocks_are_right_in_any_order_and_no_other_bytes_are(int pieceBytes)
    {
        byte[] piece = Bytes(pieceBytes);
        byte[] states = StatesOf(piece);
        Assert.True(BlockVerifier.AreWhole(pieceBytes, states));
        var verifier = new BlockVerifier(pieceBytes, SHA1.HashData(piece), states);
        int[] order = [.. Enumerable.Range(0, verifier.BlockCount)];
        new Random(pieceBytes).Shuffle(order);
        foreach (int block in order)
        {
            (int start, int end) = verifier.RangeOf(block);
            Assert.True(verifier.IsRight(block, piece.AsSpan(start..end)));
            Assert.False(verifier.IsRight(block, piece.AsSpan(start..(end - 1))));
            foreach (int at in new[] { start, end - 1 })
            {
                piece[at] ^= 0x10;
                Assert.False(verifier.IsRight(block, piece.AsSpan(start..end)));
                piece[at] ^= 0x10;
            }
        }
    }

    [Fact]
    public void A_wrong_state_lets_neither_of_its_blocks_pass()
    {
        byte[] piece = Bytes(4 * Block);
        byte[] states = StatesOf(piece);
        states[25] ^= 1;
        var verifier = new BlockVerifier(piece.Length, SHA1.HashData(piece), states);
        bool[] right = [.. Enumerable.Range(0, 4).Select(i => verifier.IsRight(i, piece.AsSpan(i * Block, Block)))];
        Assert.Equal([true, false, false, true], right);
    }

    [Fact]
    public void States_that_are_missing_are_noticed()
    {
        byte[] states = StatesOf(Bytes(4 * Block));
        Assert.False(BlockVerifier.AreWhole(4 * Block, states.AsSpan(20)));
        states.AsSpan(20, 20).Clear();
        Assert.False(BlockVerifier.AreWhole(4 * Block, states));
    }

    [Theory]
    [InlineData(Block, 10 * Block)]
    [InlineData(4 * Block, 8 * Block)]
    [InlineData(4 * Block, 9 * Block + 1)]
    [InlineData(4 * Block, 11 * Block)]
    public void Every_block_but_a_pieces_last_has_its_place(int pieceLength, long length)
    {
        var map = new BlockStateMap(pieceLength, length);
        long count = 0;
        for (long at = 1; at <= length; at++)
        {
            bool endsBlock = at % pieceLength % Block == 0 && at % pieceLength != 0;
            if (endsBlock && at < length)
                count++;
            if (at % Block is 0 or 1)
                Assert.Equal(count, map.CountUpTo(at));
        }
        Assert.Equal(count, map.Count);
    }

    private static byte[] StatesOf(byte[] piece)
    {
        var hash = new ResumableHash(ResumableHashKind.Sha1);
        var state = new byte[ResumableHash.StateBytes(ResumableHashKind.Sha1)];
        var states = new List<byte>();
        for (int at = Block; at < piece.Length; at += Block)
        {
            hash.Append(piece.AsSpan(at - Block, Block));
            hash.Export(state);
            states.AddRange(state.AsSpan(sizeof(long), BlockStateMap.StateBytes));
        }
        return [.. states];
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }
}

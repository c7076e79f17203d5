using System.Buffers;
using Distribution.BitTorrent.Wire;
using FsCheck;
using FsCheck.Xunit;

namespace Distribution.BitTorrent.Tests.Wire;

public sealed class BitfieldTests
{
    [Fact]
    public void The_first_piece_is_the_high_bit_and_spare_bits_are_zero()
    {
        var bitfield = new Bitfield(10);
        Assert.True(bitfield.Set(0));
        Assert.True(bitfield.Set(9));
        Assert.False(bitfield.Set(9));
        Assert.False(bitfield.Set(10));
        Assert.Equal("8040", Convert.ToHexString(bitfield.AsSpan()));
        Assert.Equal(2, bitfield.Count);
        bitfield.SetAll();
        Assert.Equal("FFC0", Convert.ToHexString(bitfield.AsSpan()));
        Assert.True(bitfield.IsFull);
        Assert.True(bitfield.Clear(3));
        Assert.False(bitfield.Clear(3));
        Assert.Equal(9, bitfield.Count);
    }

    [Theory]
    [InlineData("FFC0", 10, WireError.None)]
    [InlineData("FFE0", 10, WireError.SpareBitsSet)]
    [InlineData("FF", 10, WireError.WrongLength)]
    [InlineData("FFC000", 10, WireError.WrongLength)]
    [InlineData("FFFF", 16, WireError.None)]
    [InlineData("", 0, WireError.None)]
    public void Reading_checks_length_and_spare_bits(string hex, int pieces, WireError expected)
    {
        bool read = Bitfield.TryParse(Convert.FromHexString(hex), pieces, out Bitfield? bitfield, out WireError error);
        Assert.Equal((expected == WireError.None, expected), (read, error));
        if (read)
            Assert.True(bitfield!.IsFull);
    }

    [Property]
    public bool Any_set_of_pieces_survives_the_wire(PositiveInt length, int[] pieces)
    {
        var bitfield = new Bitfield(length.Get);
        foreach (int piece in pieces)
            bitfield.Set(piece);
        var output = new ArrayBufferWriter<byte>();
        WireWriter.WriteBitfield(output, bitfield);
        var limits = new FrameLimits { PieceCount = length.Get };
        if (
            PeerMessage.TryRead(output.WrittenSpan, limits, out PeerMessage message, out _, out _)
                != FrameStatus.Complete
            || !Bitfield.TryParse(message.Payload, length.Get, out Bitfield? read, out _)
        )
            return false;
        for (int piece = -1; piece <= length.Get; piece++)
        {
            if (read![piece] != bitfield[piece])
                return false;
        }
        return read!.Count == pieces.Where(piece => piece >= 0 && piece < length.Get).Distinct().Count();
    }
}

using Distribution.BitTorrent.Wire;

namespace Distribution.BitTorrent.Tests.Wire;

public sealed class HandshakeTests
{
    private static readonly Handshake Sample = new(
        InfoHash.Parse("0123456789abcdef0123456789abcdef01234567"),
        new PeerId("-DN0100-abcdefghijkl"u8),
        ReservedBits.Fast | ReservedBits.Extensions
    );

    [Fact]
    public void It_is_68_bytes_as_BEP_3_gives_them_with_the_bits_of_BEP_6_and_BEP_10()
    {
        var bytes = new byte[Handshake.LengthBytes];
        Sample.Write(bytes);
        Assert.Equal(
            "13426974546F7272656E742070726F746F636F6C"
                + "0000000000100004"
                + "0123456789ABCDEF0123456789ABCDEF01234567"
                + "2D444E303130302D6162636465666768696A6B6C",
            Convert.ToHexString(bytes)
        );
        Assert.Equal(FrameStatus.Complete, Handshake.TryRead(bytes, out Handshake read, out _));
        Assert.Equal(Sample, read);
    }

    [Fact]
    public void Every_part_of_it_is_incomplete_and_every_wrong_byte_of_the_prefix_is_refused()
    {
        var bytes = new byte[Handshake.LengthBytes];
        Sample.Write(bytes);
        for (int cut = 0; cut < bytes.Length; cut++)
            Assert.Equal(FrameStatus.Incomplete, Handshake.TryRead(bytes.AsSpan(0, cut), out _, out _));
        for (int at = 0; at < Handshake.PrefixBytes; at++)
        {
            byte[] wrong = [.. bytes];
            wrong[at] ^= 0x20;
            Assert.Equal(FrameStatus.Invalid, Handshake.TryRead(wrong.AsSpan(0, at + 1), out _, out WireError error));
            Assert.Equal(WireError.NotBitTorrent, error);
        }
    }
}

using Distribution.BitTorrent.Utp;

namespace Distribution.BitTorrent.Tests.Utp;

public sealed class UtpHeaderTests
{
    private static readonly UtpHeader _sample = new(
        UtpPacketType.State,
        0x1234,
        0x01020304,
        0x05060708,
        0x00010000,
        0xabcd,
        0xfffe
    );

    [Fact]
    public void It_is_20_bytes_as_BEP_29_draws_them()
    {
        var bytes = new byte[UtpHeader.LengthBytes];
        Assert.Equal(20, _sample.Write(bytes));
        Assert.Equal("2100123401020304050607080001" + "0000ABCDFFFE", Convert.ToHexString(bytes));
        Assert.True(UtpHeader.TryRead(bytes, out UtpHeader read, out var selective, out var payload));
        Assert.Equal(_sample, read);
        Assert.True(selective.IsEmpty && payload.IsEmpty);
    }

    [Fact]
    public void A_selective_acknowledgement_and_a_payload_are_found_behind_extensions_that_nobody_knows()
    {
        var bytes = new byte[100];
        int length = _sample.Write(bytes, [1, 2, 3, 0x80]);
        Assert.Equal(26, length);
        "payload"u8.CopyTo(bytes.AsSpan(length));
        Assert.True(
            UtpHeader.TryRead(bytes.AsSpan(0, length + 7), out UtpHeader read, out var selective, out var payload)
        );
        Assert.Equal(_sample, read);
        Assert.Equal([1, 2, 3, 0x80], selective.ToArray());
        Assert.Equal("payload"u8.ToArray(), payload.ToArray());

        // The same with an unknown extension before it.
        byte[] longer = [.. bytes[..20], 1, 3, 9, 9, 9, .. bytes[20..(length + 7)]];
        longer[1] = 77;
        Assert.True(UtpHeader.TryRead(longer, out _, out selective, out payload));
        Assert.Equal([1, 2, 3, 0x80], selective.ToArray());
        Assert.Equal("payload"u8.ToArray(), payload.ToArray());
    }

    [Fact]
    public void A_selective_acknowledgement_of_any_length_is_read_as_libtorrent_sends_them()
    {
        byte[] bytes = Convert.FromHexString("21011234010203040506070800010000ABCDFFFE000600000000C001");
        Assert.True(UtpHeader.TryRead(bytes, out _, out var selective, out var payload));
        Assert.Equal([0, 0, 0, 0, 0xC0, 1], selective.ToArray());
        Assert.True(payload.IsEmpty);
    }

    [Theory]
    [InlineData("")]
    [InlineData("21001234010203040506070800010000ABCDFF")] // a byte short
    [InlineData("22001234010203040506070800010000ABCDFFFE")] // version 2
    [InlineData("51001234010203040506070800010000ABCDFFFE")] // type 5
    [InlineData("21011234010203040506070800010000ABCDFFFE")] // extension missing
    [InlineData("21011234010203040506070800010000ABCDFFFE0004010203")] // cut off
    [InlineData("21011234010203040506070800010000ABCDFFFE0000")] // empty
    public void What_is_no_packet_is_refused(string hex) =>
        Assert.False(UtpHeader.TryRead(Convert.FromHexString(hex), out _, out _, out _));

    [Fact]
    public void Noise_is_read_or_refused_and_never_throws()
    {
        var random = new Random(3);
        int read = 0;
        for (int round = 0; round < 50_000; round++)
        {
            var noise = new byte[random.Next(80)];
            random.NextBytes(noise);
            if (noise.Length > 1)
                (noise[0], noise[1]) = ((byte)(random.Next(6) << 4 | 1), (byte)random.Next(3));
            if (UtpHeader.TryRead(noise, out _, out var selective, out var payload))
            {
                read++;
                Assert.InRange(selective.Length + payload.Length, 0, noise.Length - UtpHeader.LengthBytes);
            }
        }
        Assert.InRange(read, 1, 49_999);
    }
}

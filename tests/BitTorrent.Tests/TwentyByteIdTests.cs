namespace Distribution.BitTorrent.Tests;

public sealed class TwentyByteIdTests
{
    private const string Hex = "00112233445566778899aabbccddeeff01234567";

    [Fact]
    public void Info_hash_is_the_SHA1_of_the_dictionary() =>
        // The digest that FIPS 180 gives for "abc".
        Assert.Equal("a9993e364706816aba3e25717850c26c9cd0d89d", InfoHash.OfInfoDictionary("abc"u8).ToString());

    [Fact]
    public void Text_and_bytes_round_trip()
    {
        InfoHash hash = InfoHash.Parse(Hex);
        PeerId id = PeerId.Parse(Hex.ToUpperInvariant());
        Assert.Equal(Hex, hash.ToString());
        Assert.Equal(Hex, id.ToString());
        Assert.Equal(Convert.FromHexString(Hex), hash.AsSpan().ToArray());
        Assert.Equal(hash, new InfoHash(hash.AsSpan()));
        Assert.Equal(id, new PeerId(id.AsSpan()));
        Assert.Equal(new string('0', 40), default(InfoHash).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("0011")]
    [InlineData("00112233445566778899aabbccddeeff0123456")]
    [InlineData("00112233445566778899aabbccddeeff012345678")]
    [InlineData("00112233445566778899aabbccddeeff0123456g")]
    [InlineData(" 0112233445566778899aabbccddeeff01234567")]
    [InlineData("00112233445566778899aabbccddeeff0123456７")]
    public void Anything_but_40_hexadecimal_digits_is_refused(string text)
    {
        Assert.False(InfoHash.TryParse(text, null, out InfoHash hash));
        Assert.Equal(default, hash);
        Assert.False(PeerId.TryParse(text, null, out PeerId id));
        Assert.Equal(default, id);
        Assert.Throws<FormatException>(() => InfoHash.Parse(text));
        Assert.Throws<FormatException>(() => PeerId.Parse(text));
    }

    [Fact]
    public void Null_is_refused()
    {
        Assert.False(InfoHash.TryParse(null, null, out _));
        Assert.False(PeerId.TryParse(null, null, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(19)]
    [InlineData(21)]
    [InlineData(32)]
    public void Other_lengths_are_misuse(int length)
    {
        Assert.Throws<ArgumentException>(() => new InfoHash(new byte[length]));
        Assert.Throws<ArgumentException>(() => new PeerId(new byte[length]));
    }

    [Fact]
    public void Every_byte_counts_for_equality_and_hash()
    {
        var seen = new HashSet<PeerId> { default };
        var hashCodes = new HashSet<int> { default(PeerId).GetHashCode() };
        for (int bit = 0; bit < 8 * PeerId.LengthBytes; bit++)
        {
            var bytes = new byte[PeerId.LengthBytes];
            bytes[bit / 8] = (byte)(1 << (bit % 8));
            var id = new PeerId(bytes);
            Assert.True(seen.Add(id));
            hashCodes.Add(id.GetHashCode());
            Assert.False(seen.Add(new PeerId(bytes)));
            Assert.True(new InfoHash(bytes) != default && new InfoHash(bytes) == new InfoHash(bytes));
        }
        Assert.InRange(hashCodes.Count, 159, 161);
    }

    [Fact]
    public void A_new_peer_id_keeps_its_prefix_and_is_random_behind_it()
    {
        PeerId[] ids = [.. Enumerable.Range(0, 100).Select(_ => PeerId.Create("-DS0100-"u8))];
        Assert.All(ids, id => Assert.True(id.AsSpan().StartsWith("-DS0100-"u8)));
        Assert.Equal(100, ids.Distinct().Count());
        Assert.Throws<ArgumentException>(() => PeerId.Create(new byte[21]));
    }
}

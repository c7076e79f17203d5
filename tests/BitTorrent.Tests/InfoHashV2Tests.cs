namespace Distribution.BitTorrent.Tests;

public sealed class InfoHashV2Tests
{
    private const string Hex = "caf1e1c30e81cb361b9ee167c4aa64228a7fa4fa9f6105232b28ad099f3a302e";

    [Fact]
    public void It_is_the_SHA256_of_the_dictionary() =>
        // The digest that FIPS 180 gives for "abc".
        Assert.Equal(
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            InfoHashV2.OfInfoDictionary("abc"u8).ToString()
        );

    [Fact]
    public void Text_and_bytes_round_trip()
    {
        InfoHashV2 hash = InfoHashV2.Parse(Hex.ToUpperInvariant());
        Assert.Equal(Hex, hash.ToString());
        Assert.Equal(Convert.FromHexString(Hex), hash.AsSpan().ToArray());
        Assert.Equal(hash, new InfoHashV2(hash.AsSpan()));
        Assert.Equal(hash.GetHashCode(), new InfoHashV2(hash.AsSpan()).GetHashCode());
        Assert.NotEqual(hash, default);
    }

    [Fact]
    public void On_the_wire_it_is_cut_to_twenty_bytes() =>
        Assert.Equal(Hex[..40], InfoHashV2.Parse(Hex).Truncate().ToString());

    [Theory]
    [InlineData("")]
    [InlineData("caf1e1c30e81cb361b9ee167c4aa64228a7fa4fa")]
    [InlineData("caf1e1c30e81cb361b9ee167c4aa64228a7fa4fa9f6105232b28ad099f3a302")]
    [InlineData("caf1e1c30e81cb361b9ee167c4aa64228a7fa4fa9f6105232b28ad099f3a302e0")]
    [InlineData("caf1e1c30e81cb361b9ee167c4aa64228a7fa4fa9f6105232b28ad099f3a302g")]
    public void Anything_but_64_hexadecimal_digits_is_refused(string text)
    {
        Assert.False(InfoHashV2.TryParse(text, null, out InfoHashV2 hash));
        Assert.Equal(default, hash);
        Assert.Throws<FormatException>(() => InfoHashV2.Parse(text));
        Assert.False(InfoHashV2.TryParse(null, null, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(33)]
    public void Other_lengths_are_misuse(int length) =>
        Assert.Throws<ArgumentException>(() => new InfoHashV2(new byte[length]));
}

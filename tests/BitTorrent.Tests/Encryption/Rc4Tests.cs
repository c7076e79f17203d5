using System.Security.Cryptography;
using Distribution.BitTorrent.Encryption;

namespace Distribution.BitTorrent.Tests.Encryption;

public sealed class Rc4Tests
{
    // RFC 6229, section 2.
    [Theory]
    [InlineData("0102030405", 0, "b2396305f03dc027ccc3524a0a1118a8")]
    [InlineData("0102030405", 1024, "30abbcc7c20b01609f23ee2d5f6bb7df")]
    [InlineData("0102030405060708090a0b0c0d0e0f10", 0, "9ac7cc9a609d1ef7b2932899cde41b97")]
    [InlineData("0102030405060708090a0b0c0d0e0f10", 1024, "bdf0324e6083dcc6d3cedd3ca8c53c16")]
    public void Keystreams_are_those_of_RFC_6229(string key, int at, string expected)
    {
        var zeros = new byte[16];
        new Rc4(Convert.FromHexString(key), at).Apply(zeros, zeros);
        Assert.Equal(expected, Convert.ToHexStringLower(zeros));
    }

    [Fact]
    public void A_stream_is_the_same_however_it_is_cut()
    {
        byte[] key = RandomNumberGenerator.GetBytes(20);
        byte[] plain = RandomNumberGenerator.GetBytes(3000);
        var whole = new byte[plain.Length];
        new Rc4(key).Apply(plain, whole);
        Assert.NotEqual(plain, whole);

        var decrypts = new Rc4(key);
        int at = 0;
        while (at < whole.Length)
        {
            int count = Math.Min(RandomNumberGenerator.GetInt32(600), whole.Length - at);
            decrypts.Apply(whole.AsSpan(at, count), whole.AsSpan(at));
            at += count;
        }
        Assert.Equal(plain, whole);
    }

    [Fact]
    public void What_is_skipped_counts()
    {
        byte[] key = RandomNumberGenerator.GetBytes(20);
        var whole = new byte[1000];
        new Rc4(key).Apply(whole, whole);
        var later = new Rc4(key);
        later.Skip(777);
        var rest = new byte[223];
        later.Apply(rest, rest);
        Assert.Equal(whole[777..], rest);
    }
}

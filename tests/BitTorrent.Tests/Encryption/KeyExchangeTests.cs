using System.Numerics;
using System.Security.Cryptography;
using Distribution.BitTorrent.Encryption;

namespace Distribution.BitTorrent.Tests.Encryption;

public sealed class KeyExchangeTests
{
    [Fact]
    public void The_prime_is_the_one_that_the_protocol_names_and_is_prime()
    {
        BigInteger prime = Montgomery768.Prime;
        Assert.Equal(768, prime.GetBitLength());
        // Fermat's test, with bases that a composite number of this form would not all pass.
        foreach (int number in (int[])[2, 3, 5, 7, 11, 13])
            Assert.Equal(BigInteger.One, BigInteger.ModPow(number, prime - 1, prime));
    }

    [Fact]
    public void Powers_are_those_of_the_big_integers()
    {
        var result = new byte[KeyExchange.KeyBytes];
        for (int round = 0; round < 100; round++)
        {
            byte[] exponent = RandomNumberGenerator.GetBytes(20);
            if (round < 20)
                exponent.AsSpan(0, round).Clear();
            // Numbers with long runs of ones and zeros too, where carries travel far.
            byte[] bytes = RandomNumberGenerator.GetBytes(KeyExchange.KeyBytes);
            if (round % 3 == 1)
                bytes.AsSpan(1, 60).Fill(0xff);
            if (round % 3 == 2)
                bytes.AsSpan(0, 70).Clear();
            BigInteger number = Read(bytes) % Montgomery768.Prime;
            Montgomery768.Power(Write(number), exponent, result);
            Assert.Equal(BigInteger.ModPow(number, Read(exponent), Montgomery768.Prime), Read(result));
            Montgomery768.PowerOfTwo(exponent, result);
            Assert.Equal(BigInteger.ModPow(2, Read(exponent), Montgomery768.Prime), Read(result));
        }
    }

    [Fact]
    public void Both_sides_find_one_secret()
    {
        for (int round = 0; round < 20; round++)
        {
            var (left, right) = (new KeyExchange(), new KeyExchange());
            var (leftKey, rightKey) = (new byte[KeyExchange.KeyBytes], new byte[KeyExchange.KeyBytes]);
            var (leftSecret, rightSecret) = (new byte[KeyExchange.KeyBytes], new byte[KeyExchange.KeyBytes]);
            left.WritePublicKey(leftKey);
            right.WritePublicKey(rightKey);
            Assert.NotEqual(leftKey, rightKey);
            Assert.True(left.TryWriteSecret(rightKey, leftSecret));
            Assert.True(right.TryWriteSecret(leftKey, rightSecret));
            Assert.Equal(leftSecret, rightSecret);
        }
    }

    [Fact]
    public void Keys_whose_powers_are_known_are_refused_and_their_neighbours_are_not()
    {
        var exchange = new KeyExchange();
        var secret = new byte[KeyExchange.KeyBytes];
        BigInteger prime = Montgomery768.Prime;
        BigInteger most = (BigInteger.One << 768) - 1;
        foreach (BigInteger wrong in (BigInteger[])[0, 1, prime - 1, prime, prime + 1, most])
            Assert.False(exchange.TryWriteSecret(Write(wrong), secret), wrong.ToString());
        foreach (
            BigInteger right in (BigInteger[])[2, 3, prime - 2, prime - 3, BigInteger.One << 767, BigInteger.One << 64]
        )
            Assert.True(exchange.TryWriteSecret(Write(right), secret), right.ToString());
    }

    private static BigInteger Read(byte[] bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Write(BigInteger number)
    {
        byte[] significant = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        var bytes = new byte[KeyExchange.KeyBytes];
        significant.CopyTo(bytes, bytes.Length - significant.Length);
        return bytes;
    }
}

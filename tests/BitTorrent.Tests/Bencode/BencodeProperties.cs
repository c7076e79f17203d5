using Distribution.BitTorrent.Bencode;
using FsCheck.Xunit;

namespace Distribution.BitTorrent.Tests.Bencode;

public sealed class BencodeProperties
{
    private static readonly BencodeLimits Limits = new(MaxDepth: 16, MaxTokens: 100_000);

    [Property(Arbitrary = [typeof(BencodeTree.Arbitraries)], MaxTest = 500)]
    public void What_is_written_is_read_back(BencodeTree tree)
    {
        byte[] encoded = tree.Encode();
        Assert.True(
            BencodeValue.TryParse(encoded, Limits, out BencodeValue? value, out BencodeError error),
            $"{error}"
        );
        Assert.True(tree.Matches(value));
        Assert.True(value.Raw.Span.SequenceEqual(encoded));
    }

    [Property(Arbitrary = [typeof(BencodeTree.Arbitraries)], MaxTest = 500)]
    public void What_follows_a_value_is_not_touched(BencodeTree tree, byte[] behind)
    {
        byte[] encoded = tree.Encode();
        byte[] both = [.. encoded, .. behind];
        Assert.True(BencodeValue.TryParsePrefix(both, Limits, out BencodeValue? value, out int consumed, out _));
        Assert.Equal(encoded.Length, consumed);
        Assert.True(tree.Matches(value));
    }

    [Property(Arbitrary = [typeof(BencodeTree.Arbitraries)], MaxTest = 300)]
    public void No_prefix_of_a_value_is_a_value(BencodeTree tree)
    {
        byte[] encoded = tree.Encode();
        for (int length = 0; length < encoded.Length; length++)
            Assert.False(BencodeValue.TryParse(encoded.AsMemory(0, length), Limits, out _, out _));
    }

    [Property(MaxTest = 2000)]
    public void Random_bytes_never_throw(byte[] bytes) => ReadHostile(bytes);

    [Property(Arbitrary = [typeof(BencodeTree.Arbitraries)], MaxTest = 2000)]
    public void Mutated_values_never_throw(BencodeTree tree, int seed)
    {
        byte[] bytes = tree.Encode();
        var random = new Random(seed);
        for (int i = 0; i < 1 + bytes.Length / 16; i++)
            bytes[random.Next(bytes.Length)] = Interesting(random);
        ReadHostile(bytes);
    }

    [Property(MaxTest = 3000)]
    public void Bytes_of_bencodes_own_alphabet_never_throw(int seed)
    {
        var random = new Random(seed);
        var bytes = new byte[random.Next(1, 80)];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = Interesting(random);
        ReadHostile(bytes);
    }

    private static byte Interesting(Random random)
    {
        ReadOnlySpan<byte> alphabet = "ildelde:-0123456789"u8;
        return random.Next(8) == 0 ? (byte)random.Next(256) : alphabet[random.Next(alphabet.Length)];
    }

    /// <summary>
    /// Reads the bytes alone and in the middle of others: the same must come out, so nothing outside was looked at; and what was
    /// accepted must be canonical.
    /// </summary>
    private static void ReadHostile(byte[] bytes)
    {
        byte[] surrounded = [.. "9"u8, .. bytes, .. "9eee:"u8];
        (string alone, int end) = Walk(bytes);
        Assert.Equal((alone, end), Walk(surrounded.AsSpan(1, bytes.Length)));
        Assert.InRange(end, 0, bytes.Length);

        bool accepted = BencodeValue.TryParse(bytes, Limits, out BencodeValue? value, out BencodeError error);
        Assert.Equal(accepted, error == BencodeError.None);
        if (accepted)
            Assert.True(value!.Raw.Span.SequenceEqual(bytes));
    }

    private static (string Walked, int Position) Walk(ReadOnlySpan<byte> bytes)
    {
        var reader = new BencodeReader(bytes, Limits);
        var walked = new System.Text.StringBuilder();
        int last = 0;
        while (reader.Read())
        {
            Assert.Equal(last, reader.TokenStart);
            Assert.InRange(reader.Position, last + 1, bytes.Length);
            last = reader.Position;
            walked.Append(reader.TokenType);
            if (reader.TokenType == BencodeTokenType.Bytes)
                walked.Append(Convert.ToHexString(reader.Bytes));
            if (reader.TokenType == BencodeTokenType.Integer)
                walked.Append(reader.Integer);
        }
        Assert.True(reader.IsComplete || reader.Error != BencodeError.None);
        return (walked.Append(reader.Error).ToString(), reader.Position);
    }
}

using System.Text;
using Distribution.BitTorrent.Bencode;

namespace Distribution.BitTorrent.Tests.Bencode;

public sealed class BencodeReaderTests
{
    [Theory]
    [InlineData("4:spam", "spam")]
    [InlineData("0:", "")]
    [InlineData("i3e", "3")]
    [InlineData("i-3e", "-3")]
    [InlineData("i0e", "0")]
    [InlineData("l4:spam4:eggse", "[spam,eggs]")]
    [InlineData("le", "[]")]
    [InlineData("d3:cow3:moo4:spam4:eggse", "{cow=moo,spam=eggs}")]
    [InlineData("d4:spaml1:a1:bee", "{spam=[a,b]}")]
    [InlineData("de", "{}")]
    [InlineData("d1:ad1:bi1eee", "{a={b=1}}")]
    [InlineData("lli1eeldei2eee", "[[1],[{},2]]")]
    public void Reads_the_examples_of_BEP_3(string encoded, string shown)
    {
        Assert.True(BencodeValue.TryParse(Ascii(encoded), BencodeLimits.Message, out BencodeValue? value, out _));
        Assert.Equal(shown, Show(value));
        Assert.Equal(encoded, Encoding.ASCII.GetString(value.Raw.Span));
    }

    [Theory]
    [InlineData("", BencodeError.Truncated)]
    [InlineData("i", BencodeError.Truncated)]
    [InlineData("i-", BencodeError.Truncated)]
    [InlineData("i12", BencodeError.Truncated)]
    [InlineData("ie", BencodeError.InvalidInteger)]
    [InlineData("i-e", BencodeError.InvalidInteger)]
    [InlineData("i-0e", BencodeError.InvalidInteger)]
    [InlineData("i03e", BencodeError.InvalidInteger)]
    [InlineData("i00e", BencodeError.InvalidInteger)]
    [InlineData("i-03e", BencodeError.InvalidInteger)]
    [InlineData("i--3e", BencodeError.InvalidInteger)]
    [InlineData("i+3e", BencodeError.InvalidInteger)]
    [InlineData("i 3e", BencodeError.InvalidInteger)]
    [InlineData("i1.5e", BencodeError.InvalidInteger)]
    [InlineData("i1", BencodeError.Truncated)]
    [InlineData("i9223372036854775808e", BencodeError.InvalidInteger)]
    [InlineData("i-9223372036854775809e", BencodeError.InvalidInteger)]
    [InlineData("i18446744073709551616e", BencodeError.InvalidInteger)]
    [InlineData("i99999999999999999999999999e", BencodeError.InvalidInteger)]
    [InlineData("4:spa", BencodeError.InvalidStringLength)]
    [InlineData("04:spam", BencodeError.InvalidStringLength)]
    [InlineData("00:", BencodeError.InvalidStringLength)]
    [InlineData("999999999:", BencodeError.InvalidStringLength)]
    [InlineData("9999999999:", BencodeError.InvalidStringLength)]
    [InlineData("99999999999999999999999999999999:", BencodeError.InvalidStringLength)]
    [InlineData("4", BencodeError.Truncated)]
    [InlineData("4;spam", BencodeError.UnexpectedByte)]
    [InlineData("-1:", BencodeError.UnexpectedByte)]
    [InlineData("x", BencodeError.UnexpectedByte)]
    [InlineData("e", BencodeError.UnexpectedByte)]
    [InlineData("l", BencodeError.Truncated)]
    [InlineData("l4:spam", BencodeError.Truncated)]
    [InlineData("d", BencodeError.Truncated)]
    [InlineData("d1:a", BencodeError.Truncated)]
    [InlineData("d1:ae", BencodeError.InvalidKey)]
    [InlineData("di1ei2ee", BencodeError.InvalidKey)]
    [InlineData("dlei2ee", BencodeError.InvalidKey)]
    [InlineData("d4:spam4:eggs3:cow3:mooe", BencodeError.UnsortedKeys)]
    [InlineData("d2:aai1e1:ai1ee", BencodeError.UnsortedKeys)]
    [InlineData("d1:ai1e1:ai2ee", BencodeError.DuplicateKey)]
    [InlineData("d0:i1e0:i2ee", BencodeError.DuplicateKey)]
    [InlineData("i1ei2e", BencodeError.TrailingBytes)]
    [InlineData("dee", BencodeError.TrailingBytes)]
    [InlineData("4:spam\n", BencodeError.TrailingBytes)]
    public void Names_what_is_wrong(string encoded, BencodeError expected)
    {
        Assert.False(
            BencodeValue.TryParse(
                Ascii(encoded),
                BencodeLimits.Message,
                out BencodeValue? value,
                out BencodeError error
            )
        );
        Assert.Equal(expected, error);
        Assert.Null(value);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(0)]
    public void Reads_integers_up_to_64_bits(long number)
    {
        Assert.True(BencodeValue.TryParse(Ascii($"i{number}e"), BencodeLimits.Message, out BencodeValue? value, out _));
        Assert.Equal(number, value.AsInteger);
    }

    [Fact]
    public void Sorts_keys_by_raw_bytes_not_as_text()
    {
        // 0xFF sorts behind "z", and a shorter key before a longer one that it starts.
        byte[] sorted = [.. "d1:zi1e2:zai2e1:"u8, 0xFF, .. "i3ee"u8];
        Assert.True(BencodeValue.TryParse(sorted, BencodeLimits.Message, out _, out _));
    }

    [Fact]
    public void Keys_of_an_inner_dictionary_do_not_disturb_the_outer_order()
    {
        Assert.True(BencodeValue.TryParse(Ascii("d1:bd1:zi1ee1:cd1:ai1eee"), BencodeLimits.Message, out _, out _));
        Assert.False(
            BencodeValue.TryParse(Ascii("d1:bd1:ai1ee1:ai1ee"), BencodeLimits.Message, out _, out BencodeError error)
        );
        Assert.Equal(BencodeError.UnsortedKeys, error);
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public void Depth_is_bounded(int depth, bool accepted)
    {
        string nested = new string('l', depth) + new string('e', depth);
        Assert.Equal(
            accepted,
            BencodeValue.TryParse(Ascii(nested), BencodeLimits.Message, out _, out BencodeError error)
        );
        Assert.Equal(accepted ? BencodeError.None : BencodeError.TooDeep, error);
    }

    [Fact]
    public void A_limit_above_what_the_reader_can_hold_is_taken_down()
    {
        var limits = new BencodeLimits(MaxDepth: int.MaxValue, MaxTokens: int.MaxValue);
        int most = BencodeLimits.HardMaxDepth;
        Assert.True(BencodeValue.TryParse(Nested(most), limits, out _, out _));
        Assert.False(BencodeValue.TryParse(Nested(most + 1), limits, out _, out BencodeError error));
        Assert.Equal(BencodeError.TooDeep, error);

        static byte[] Nested(int depth) =>
            Ascii(string.Concat(Enumerable.Repeat("d1:a", depth - 1)) + "de" + new string('e', depth - 1));
    }

    [Theory]
    [InlineData('l')]
    [InlineData('d')]
    public void Deep_nesting_cannot_overflow_the_stack(char opener)
    {
        string nested = opener == 'l' ? new string('l', 100_000) : string.Concat(Enumerable.Repeat("d0:", 100_000));
        var error = BencodeError.None;
        var thread = new Thread(
            () => BencodeValue.TryParse(Ascii(nested), new BencodeLimits(int.MaxValue, int.MaxValue), out _, out error),
            maxStackSize: 128 * 1024
        );
        thread.Start();
        thread.Join();
        Assert.Equal(BencodeError.TooDeep, error);
    }

    [Fact]
    public void Tokens_are_bounded()
    {
        var limits = new BencodeLimits(MaxDepth: 2, MaxTokens: 5);
        Assert.True(BencodeValue.TryParse(Ascii("li1ei2ei3ee"), limits, out _, out _));
        Assert.False(BencodeValue.TryParse(Ascii("li1ei2ei3ei4ee"), limits, out _, out BencodeError error));
        Assert.Equal(BencodeError.TooManyTokens, error);
    }

    [Fact]
    public void Leaves_what_follows_the_value_alone()
    {
        // BEP 9 puts a block behind the dictionary.
        byte[] message = [.. "d8:msg_typei1e5:piecei0ee"u8, 0x00, 0xFF, (byte)'e'];
        Assert.True(
            BencodeValue.TryParsePrefix(
                message,
                BencodeLimits.Message,
                out BencodeValue? value,
                out int consumed,
                out _
            )
        );
        Assert.Equal(25, consumed);
        Assert.Equal(1, value["msg_type"u8]?.AsInteger);
    }

    [Fact]
    public void Walks_token_by_token()
    {
        var reader = new BencodeReader("d1:ali7ee1:b2:xye"u8, BencodeLimits.Message);
        var walked = new StringBuilder();
        while (reader.Read())
            walked.Append(reader.TokenType).Append(reader.IsKey ? "(key) " : " ");
        Assert.Equal("DictionaryStart Bytes(key) ListStart Integer End Bytes(key) Bytes End ", walked.ToString());
        Assert.True(reader.IsComplete);
        Assert.False(reader.Read());
        Assert.Equal(BencodeError.None, reader.Error);
    }

    [Fact]
    public void Skips_a_container_whole()
    {
        var reader = new BencodeReader("d1:al1:xd1:yi1eee1:bi5ee"u8, BencodeLimits.Message);
        Assert.True(reader.Read() && reader.Read() && reader.Read());
        Assert.True(reader.TrySkip());
        Assert.Equal(BencodeTokenType.End, reader.TokenType);
        Assert.True(reader.Read() && reader.IsKey);
        Assert.True(reader.TrySkip(), "A key is no container: nothing to skip.");
        Assert.True(reader.Read());
        Assert.Equal(5, reader.Integer);
    }

    [Fact]
    public void Skipping_stops_at_a_fault()
    {
        var reader = new BencodeReader("li03ee"u8, BencodeLimits.Message);
        Assert.True(reader.Read());
        Assert.False(reader.TrySkip());
        Assert.Equal(BencodeError.InvalidInteger, reader.Error);
        Assert.False(reader.Read());
    }

    [Fact]
    public void Look_ups_of_another_type_answer_null()
    {
        Assert.True(BencodeValue.TryParse(Ascii("d1:ai1ee"), BencodeLimits.Message, out BencodeValue? value, out _));
        Assert.Null(value["b"u8]);
        Assert.Null(value.AsInteger);
        Assert.Null(value.AsBytes);
        Assert.Null(value.AsText);
        Assert.Null(value.AsList);
        Assert.Null(value["a"u8]!["a"u8]);
        Assert.Null(value["a"u8]!.AsDictionary);
    }

    [Fact]
    public void Text_that_is_no_UTF8_answers_null()
    {
        Assert.True(
            BencodeValue.TryParse("2:\u00e9"u8.ToArray(), BencodeLimits.Message, out BencodeValue? text, out _)
        );
        Assert.Equal("é", text.AsText);
        byte[] broken = [.. "2:"u8, 0xC3, 0x28];
        Assert.True(BencodeValue.TryParse(broken, BencodeLimits.Message, out BencodeValue? other, out _));
        Assert.Null(other.AsText);
        Assert.Equal(2, other.AsBytes?.Length);
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static string Show(BencodeValue value) =>
        value.Type switch
        {
            BencodeTokenType.Integer => $"{value.AsInteger}",
            BencodeTokenType.Bytes => value.AsText!,
            BencodeTokenType.ListStart => $"[{string.Join(',', value.AsList!.Select(Show))}]",
            _ => $"{{{string.Join(',', value.AsDictionary!.Select(Entry))}}}",
        };

    private static string Entry((ReadOnlyMemory<byte> Key, BencodeValue Value) entry) =>
        $"{Encoding.UTF8.GetString(entry.Key.Span)}={Show(entry.Value)}";
}

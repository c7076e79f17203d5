using System.Buffers;
using System.Text;
using Distribution.BitTorrent.Bencode;

namespace Distribution.BitTorrent.Tests.Bencode;

public sealed class BencodeWriterTests
{
    [Fact]
    public void Writes_the_examples_of_BEP_3()
    {
        Assert.Equal("4:spam", Written(writer => writer.WriteText("spam")));
        Assert.Equal("i-3e", Written(writer => writer.WriteInteger(-3)));
        Assert.Equal($"i{long.MinValue}e", Written(writer => writer.WriteInteger(long.MinValue)));
        Assert.Equal($"i{long.MaxValue}e", Written(writer => writer.WriteInteger(long.MaxValue)));
        Assert.Equal("0:", Written(writer => writer.WriteBytes([])));
        Assert.Equal("2147483647:", Written(writer => writer.BeginBytes(int.MaxValue)));
    }

    [Fact]
    public void Writes_text_as_UTF8_with_its_length_in_bytes()
    {
        Assert.Equal("7:é=€!", Written(writer => writer.WriteText("é=€!")));
        Assert.Equal("3:\uFFFD", Written(writer => writer.WriteText("\uD800")));
    }

    [Fact]
    public void A_negative_length_is_misuse() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Written(writer => writer.BeginBytes(-1)));

    private static string Written(Action<BencodeWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        write(new BencodeWriter(buffer));
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}

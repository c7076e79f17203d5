using System.Text;
using Distribution.Contracts.PlainHttp;

namespace Distribution.Contracts.Tests.PlainHttp;

public sealed class PlainHeadTests
{
    private const string Whole =
        "GET /a/b%20c?d=e?f HTTP/1.1\r\nHost: x.example:80\r\nUser-Agent: test\r\nRange: bytes=1-2\r\n\r\n";

    [Fact]
    public void What_a_head_says_is_read_and_what_follows_is_left()
    {
        Assert.True(PlainHead.TryRead(Bytes(Whole + "GET"), out PlainHead head));
        Assert.Equal("/a/b%20c", Text(head.Path));
        Assert.True(head.HasQuery);
        Assert.Equal("d=e?f", Text(head.Query));
        Assert.Equal("bytes=1-2", Text(head.Range));
        Assert.True(head is { IsHttp11: true, IsHead: false, KeepsAlive: true });
        Assert.Equal(Whole.Length, head.LengthBytes);
    }

    [Theory]
    [InlineData("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n", true, true)]
    [InlineData("GET /a HTTP/1.1\r\nHost: [::1]:8080\r\nConnection: keep-alive\r\n\r\n", false, true)]
    [InlineData("GET /a HTTP/1.1\r\nconnection:  Close \r\nhost:127.0.0.1\r\n\r\n", false, false)]
    [InlineData("GET /a HTTP/1.0\r\n\r\n", false, false)]
    [InlineData("GET /a HTTP/1.0\r\nHost: x\r\nConnection: close\r\n\r\n", false, false)]
    [InlineData(
        "GET /a HTTP/1.1\r\nHost: x\r\nSec-Fetch-Mode: cors\r\nOrigin: https://y\r\nDNT: 1\r\n\r\n",
        false,
        true
    )]
    public void What_clients_send_is_plain(string text, bool isHead, bool keepsAlive)
    {
        Assert.True(PlainHead.TryRead(Bytes(text), out PlainHead head));
        Assert.Equal("/a", Text(head.Path));
        Assert.False(head.HasQuery);
        Assert.True(head.Range.IsEmpty);
        Assert.Equal(isHead, head.IsHead);
        Assert.Equal(keepsAlive, head.KeepsAlive);
    }

    [Theory]
    [InlineData("POST /a HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("get /a HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET http://x/a HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET * HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET  /a HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /a  HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1 \r\nHost: x\r\n\r\n")]
    [InlineData("GET /a HTTP/1.2\r\nHost: x\r\n\r\n")]
    [InlineData("GET /a\r\nHost: x\r\n\r\n")]
    [InlineData("GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /\u00e9 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\nHost: x\n\n")]
    [InlineData("GET /a HTTP/1.1\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost:\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: a b\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: :80\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x:\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x:8a\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: [x]\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: []\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: [::1\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, upgrade\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n")]
    [InlineData("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x\r\nCookie: a=b\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x\r\nIf-Range: \"a\"\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"a\"\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x\r\nRange: bytes=0-1\r\nRange: bytes=2-3\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x\r\n Accept: b\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x\r\nAccept : b\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x\r\nAccept: a\nb\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x\r\nAccept: a\0\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x\r\nAccept\r\n\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: x\r\n: a\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001")]
    [InlineData("")]
    public void Everything_else_is_not(string text) => Assert.False(PlainHead.TryRead(Bytes(text), out _));

    [Fact]
    public void A_part_of_a_head_is_none_and_neither_is_a_long_one()
    {
        byte[] whole = Bytes(Whole);
        for (int length = 0; length < whole.Length; length++)
            Assert.False(PlainHead.TryRead(whole.AsSpan(0, length), out _));
        string longest = "GET /" + new string('a', PlainHead.MaxBytes - 30) + " HTTP/1.1\r\nHost: x\r\n\r\n";
        Assert.True(PlainHead.TryRead(Bytes(longest), out _));
        Assert.False(PlainHead.TryRead(Bytes("GET /" + new string('a', PlainHead.MaxBytes) + longest[5..]), out _));
    }

    [Fact]
    public void No_damage_makes_it_throw_or_read_beyond_its_head()
    {
        byte[] whole = Bytes(Whole);
        var random = new Random(20261123);
        int read = 0;
        for (int i = 0; i < 200_000; i++)
        {
            byte[] damaged = (byte[])whole.Clone();
            for (int flips = random.Next(4); flips > 0; flips--)
                damaged[random.Next(damaged.Length)] =
                    random.Next(2) == 0 ? (byte)random.Next(256) : whole[random.Next(whole.Length)];
            ReadOnlySpan<byte> input = damaged.AsSpan(0, random.Next(damaged.Length + 1));
            if (!PlainHead.TryRead(input, out PlainHead head))
                continue;
            Assert.InRange(head.LengthBytes, 1, input.Length);
            Assert.True(input[..head.LengthBytes].EndsWith("\r\n\r\n"u8));
            read++;
        }
        Assert.True(read > 100);
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}

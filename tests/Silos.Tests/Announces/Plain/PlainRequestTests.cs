using System.Text;
using Distribution.Silos.Announces.Plain;

namespace Distribution.Silos.Tests.Announces.Plain;

public sealed class PlainRequestTests
{
    private const string Whole = "GET /announce?a=1 HTTP/1.1\r\nHost: x.example:80\r\nUser-Agent: test\r\n\r\n";

    [Theory]
    [InlineData("GET /announce?a=1 HTTP/1.1\r\nHost: x\r\n\r\n", "a=1", true)]
    [InlineData("GET /announce?a=1 HTTP/1.1\r\nhost:[::1]:80\r\nConnection:  Close\r\n\r\n", "a=1", false)]
    [InlineData("GET /announce?a=1 HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n", "a=1", true)]
    [InlineData("GET /announce?a=1 HTTP/1.0\r\n\r\n", "a=1", false)]
    [InlineData("GET /announce? HTTP/1.1\r\nHost: x\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n\r\n", "", true)]
    public void What_clients_send_is_recognised(string text, string query, bool keepsAlive)
    {
        PlainRequest request = PlainRequest.Read(Encoding.Latin1.GetBytes(text + "GET"));

        Assert.Equal(PlainRequestKind.Announce, request.Kind);
        Assert.Equal(query, Encoding.Latin1.GetString(request.Query));
        Assert.Equal(keepsAlive, request.KeepsAlive);
        Assert.Equal(text.Length, request.LengthBytes);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("GET /announce HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /ANNOUNCE?a=1 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("POST /announce?a=1 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("GET /announce?a=1 HTTP/1.1\r\n\r\n")]
    [InlineData("GET /announce?a=1 HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n")]
    [InlineData("GET /announce?a=1 HTTP/1.1\r\nHost: a b\r\n\r\n")]
    [InlineData("GET /announce?a=1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")]
    [InlineData("GET /announce?a=1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")]
    [InlineData("GET /announce?a=1 HTTP/1.1\r\nHost: x\r\nRange: bytes=0-1\r\n\r\n")]
    [InlineData("GET /announce?a=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n")]
    [InlineData("GET /announce?a=1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("GET /announce?a=1 HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n")]
    [InlineData("GET /announce?a=1 HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n")]
    [InlineData("GET /announce?a=1 HTTP/1.1\r\nHost: x\r\nAccept : a\r\n\r\n")]
    [InlineData("GET /announce?a=1 HTTP/1.1\r\nHost: x\r\nAccept: a\nb\r\n\r\n")]
    [InlineData("GET /announce?a=\u00ff HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /announce?a=1#b HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /announce?a=1  HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /announce?a=1 HTTP/1.2\r\nHost: x\r\n\r\n")]
    [InlineData("GET /announce?a=1\r\nHost: x\r\n\r\n")]
    public void Everything_else_is_the_frameworks(string text)
    {
        Assert.Equal(PlainRequestKind.Other, PlainRequest.Read(Encoding.Latin1.GetBytes(text)).Kind);
    }

    [Fact]
    public void What_may_become_one_is_waited_for_up_to_a_limit()
    {
        byte[] whole = Encoding.Latin1.GetBytes(Whole);
        for (int length = 0; length < whole.Length; length++)
            Assert.Equal(PlainRequestKind.Incomplete, PlainRequest.Read(whole.AsSpan(0, length)).Kind);
        Assert.Equal(PlainRequestKind.Announce, PlainRequest.Read(whole).Kind);

        byte[] endless = Encoding.Latin1.GetBytes("GET /scrape?" + new string('a', PlainRequest.MaxHeadBytes));
        Assert.Equal(
            PlainRequestKind.Incomplete,
            PlainRequest.Read(endless.AsSpan(0, PlainRequest.MaxHeadBytes - 1)).Kind
        );
        Assert.Equal(PlainRequestKind.Other, PlainRequest.Read(endless).Kind);
    }

    [Fact]
    public void No_damage_makes_it_throw_or_read_beyond_its_head()
    {
        byte[] whole = Encoding.Latin1.GetBytes(Whole);
        var random = new Random(20261123);
        int read = 0;
        for (int i = 0; i < 200_000; i++)
        {
            byte[] damaged = (byte[])whole.Clone();
            for (int flips = random.Next(4); flips > 0; flips--)
                damaged[random.Next(damaged.Length)] =
                    random.Next(2) == 0 ? (byte)random.Next(256) : whole[random.Next(whole.Length)];
            PlainRequest request = PlainRequest.Read(damaged.AsSpan(0, random.Next(damaged.Length + 1)));
            Assert.InRange(request.LengthBytes, 0, damaged.Length);
            read += request.Kind == PlainRequestKind.Announce ? 1 : 0;
        }
        Assert.True(read > 100);
    }
}

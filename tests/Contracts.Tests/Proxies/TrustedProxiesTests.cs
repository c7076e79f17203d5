using System.Net;
using Distribution.Contracts.Proxies;

namespace Distribution.Contracts.Tests.Proxies;

public sealed class TrustedProxiesTests
{
    private static readonly TrustedProxies Proxies = Of("10.1.0.0/16", "127.0.0.1", "fd00::/8", "::ffff:192.0.2.7");

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("10.2.2.3", false)]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.0.0.2", false)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("fd12::9", true)]
    [InlineData("192.0.2.7", true)]
    [InlineData("fe80::9", false)]
    public void A_proxy_is_who_is_in_the_list(string address, bool isProxy) =>
        Assert.Equal(isProxy, Proxies.Include(IPAddress.Parse(address)));

    [Theory]
    [InlineData("10.1.0.0/33")]
    [InlineData("10.1.0.7/16")]
    [InlineData("10.1.0.0/-1")]
    [InlineData("10.1.0.0/")]
    [InlineData("10.1/16")]
    [InlineData("10.1.0.1:80")]
    [InlineData("proxy.example.org")]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    [InlineData("fd00::/129")]
    [InlineData("::ffff:10.0.0.0/8")]
    [InlineData("")]
    public void What_is_no_address_or_network_or_is_everybody_is_refused(string text)
    {
        Assert.False(TrustedProxies.TryParse(["10.0.0.1", text], out _, out string? problem));
        Assert.Contains($"\"{text}\"", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9")]
    [InlineData(" 203.0.113.9 ", "203.0.113.9")]
    [InlineData("203.0.113.9:4711", "203.0.113.9")]
    [InlineData("2001:db8::9", "2001:db8::9")]
    [InlineData("[2001:db8::9]", "2001:db8::9")]
    [InlineData("[2001:db8::9]:4711", "2001:db8::9")]
    [InlineData("::ffff:203.0.113.9", "203.0.113.9")]
    [InlineData("198.51.100.1, 203.0.113.9", "203.0.113.9")]
    [InlineData("198.51.100.1, 203.0.113.9, 10.1.0.2, fd00::1", "203.0.113.9")]
    [InlineData("198.51.100.1,, 203.0.113.9, ,", "203.0.113.9")]
    [InlineData("rubbish\", 203.0.113.9", "203.0.113.9")]
    [InlineData("10.1.0.3, 10.1.0.2", "10.1.0.3")]
    public void The_viewer_is_the_last_in_the_chain_that_is_no_proxy(string header, string viewer) =>
        Assert.Equal(viewer, Find("10.1.0.9", [header], []));

    [Theory]
    [InlineData("for=203.0.113.9", "203.0.113.9")]
    [InlineData("For=\"203.0.113.9:80\";proto=https;by=10.1.0.9", "203.0.113.9")]
    [InlineData("for=\"[2001:db8::9]:4711\"", "2001:db8::9")]
    [InlineData("for=[2001:db8::9]", "2001:db8::9")]
    [InlineData("for=198.51.100.1, for=203.0.113.9;secret=\"a,b;\\\"c\", for=10.1.0.2", "203.0.113.9")]
    [InlineData("for=unknown , by=_x;for=203.0.113.9 ;", "203.0.113.9")]
    public void The_standard_header_says_the_same(string header, string viewer) =>
        Assert.Equal(viewer, Find("10.1.0.9", [], [header]));

    [Fact]
    public void Several_lines_are_one_chain()
    {
        Assert.Equal("203.0.113.9", Find("10.1.0.9", ["198.51.100.1, 203.0.113.9", "10.1.0.2", "10.1.0.3"], []));
        Assert.Equal("203.0.113.9", Find("10.1.0.9", [], ["for=\"", "for=203.0.113.9", "for=10.1.0.2"]));
    }

    [Fact]
    public void Nobody_else_is_believed()
    {
        Assert.Equal("10.2.0.9", Find("10.2.0.9", ["203.0.113.9"], ["for=203.0.113.9"]));
        Assert.Equal("10.2.0.9", Find("::ffff:10.2.0.9", ["203.0.113.9"], []));
        Assert.True(TrustedProxies.None.TryFindViewer(IPAddress.Loopback, ["203.0.113.9"], [], out IPAddress? viewer));
        Assert.Equal(IPAddress.Loopback, viewer);
    }

    [Fact]
    public void A_proxy_that_says_nothing_asks_for_itself() => Assert.Equal("10.1.0.9", Find("10.1.0.9", [], []));

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("unknown")]
    [InlineData("_hidden")]
    [InlineData("203.0.113.9, unknown")]
    [InlineData("203.0.113.9, junk, 10.1.0.2")]
    [InlineData("203.0.113")]
    [InlineData("1")]
    [InlineData("203.0.113.09")]
    [InlineData("0xcb.0.113.9")]
    [InlineData("203.0.113.256")]
    [InlineData("203.0.113.9.")]
    [InlineData("203.0.113.9:")]
    [InlineData("203.0.113.9:66666")]
    [InlineData("[203.0.113.9]")]
    [InlineData("[2001:db8::9")]
    [InlineData("[2001:db8::9]x")]
    [InlineData("2001:db8::9%eth0")]
    [InlineData("2001:db8::9::")]
    [InlineData("viewer.example.org")]
    [InlineData("203.0.113.9 198.51.100.1")]
    public void What_cannot_be_read_names_nobody(string header) => Assert.Null(Find("10.1.0.9", [header], []));

    [Theory]
    [InlineData("")]
    [InlineData("203.0.113.9")]
    [InlineData("for=")]
    [InlineData("for=\"203.0.113.9")]
    [InlineData("for=\"203.0.113.9\\")]
    [InlineData("for=203.0.113.9;for=198.51.100.1")]
    [InlineData("for=203.0.113.9, proto=https")]
    [InlineData("for=203.0.113.9 for=198.51.100.1")]
    [InlineData("for=\", for=203.0.113.9")]
    [InlineData("for =203.0.113.9")]
    [InlineData("for=unknown")]
    [InlineData("for=_hidden")]
    public void Neither_does_a_malformed_standard_header(string header) => Assert.Null(Find("10.1.0.9", [], [header]));

    [Fact]
    public void Two_headers_have_to_agree_as_one_is_the_viewers_own_word()
    {
        Assert.Equal("203.0.113.9", Find("10.1.0.9", ["203.0.113.9"], ["for=198.51.100.1, for=203.0.113.9"]));
        Assert.Null(Find("10.1.0.9", ["203.0.113.9"], ["for=198.51.100.1"]));
        Assert.Null(Find("10.1.0.9", ["203.0.113.9"], ["rubbish"]));
        Assert.Null(Find("10.1.0.9", ["rubbish"], ["for=203.0.113.9"]));
    }

    [Fact]
    public void No_rubbish_makes_it_throw_and_what_it_reads_is_an_address()
    {
        const string letters = "for=by;,\"\\[]:.0123456789abcdef _\t%x";
        var random = new Random(20261130);
        int read = 0;
        for (int i = 0; i < 200_000; i++)
        {
            char[] text = "for=\"[2001:db8::1]:80\";by=10.1.0.1, for=10.1.0.2".ToCharArray();
            for (int changes = random.Next(6); changes > 0; changes--)
                text[random.Next(text.Length)] = letters[random.Next(letters.Length)];
            string header = new(text, 0, random.Next(text.Length + 1));
            Find("10.1.0.9", [header.Replace("for=", "", StringComparison.Ordinal)], []);
            if (Find("10.1.0.9", [], [header]) is { } viewer && IPAddress.TryParse(viewer, out _))
                read++;
        }
        Assert.InRange(read, 1000, 199_000);
    }

    private static TrustedProxies Of(params string[] texts)
    {
        Assert.True(TrustedProxies.TryParse(texts, out TrustedProxies? proxies, out string? problem), problem);
        return proxies;
    }

    private static string? Find(string connection, string?[] forwardedFor, string?[] forwarded) =>
        Proxies.TryFindViewer(IPAddress.Parse(connection), forwardedFor, forwarded, out IPAddress? viewer)
            ? viewer.ToString()
            : null;
}

using System.Globalization;
using System.Text;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Silos.Tests.Hosting;

namespace Distribution.Silos.Tests.Announces.Plain;

/// <summary>The short way and the framework's give the same answers, on one connection too.</summary>
[Collection(SiloCollection.Name)]
public sealed class PlainTrackerTests(SiloFixture silo)
{
    /// <summary>Makes a request the framework's.</summary>
    private const string Unusual = "X-Unusual: 1\r\n";

    private Uri Server => silo.Host.Http.BaseAddress!;

    [Fact]
    public async Task Both_ways_answer_alike()
    {
        InfoHash file = (await silo.Host.PublishAsync("plain-alike")).Content!.InfoHash;
        var random = new Random(20261123);
        using RawHttp plain = await RawHttp.ConnectAsync(Server);
        using RawHttp general = await RawHttp.ConnectAsync(Server);
        for (int i = 0; i < 300; i++)
        {
            string target = RandomTarget(random, file);
            await plain.SendAsync(Request(target));
            RawResponse one = (await plain.ReadAsync())!;
            await general.SendAsync(Request(target, Unusual));
            RawResponse two = (await general.ReadAsync())!;

            Assert.True(one.StatusLine == two.StatusLine, target);
            foreach (RawResponse response in (RawResponse[])[one, two])
                Assert.Equal(
                    ["cache-control", "content-length", "content-type", "date"],
                    response.Headers.Keys.Where(static name => name != "server").Order()
                );
            Assert.Equal(one.Headers["content-type"], two.Headers["content-type"]);
            Assert.Equal(one.Headers["cache-control"], two.Headers["cache-control"]);
            AssertAlike(target, one.Body, two.Body);
        }
    }

    [Fact]
    public async Task Requests_may_come_in_pieces_and_together()
    {
        InfoHash file = (await silo.Host.PublishAsync("plain-pieces")).Content!.InfoHash;
        string announce = Request($"/announce?{TrackerClient.Query(file, "plain-pieces", 1001, SiloHost.Size)}");
        using RawHttp connection = await RawHttp.ConnectAsync(Server);

        foreach (char one in announce)
            await connection.SendAsync(one.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(1, Read(await connection.ReadAsync()).Incomplete);

        await connection.SendAsync(string.Concat(Enumerable.Repeat(announce, 20)));
        for (int i = 0; i < 20; i++)
            Assert.Equal(1, Read(await connection.ReadAsync()).Incomplete);
    }

    [Fact]
    public async Task A_connection_changes_its_way_in_mid_course()
    {
        InfoHash file = (await silo.Host.PublishAsync("plain-change")).Content!.InfoHash;
        string target = $"/announce?{TrackerClient.Query(file, "plain-change", 1001, SiloHost.Size)}";
        using RawHttp connection = await RawHttp.ConnectAsync(Server);

        await connection.SendAsync(Request(target) + Request("/nothing") + Request(target));

        Assert.Equal(1, Read(await connection.ReadAsync()).Incomplete);
        Assert.Equal("HTTP/1.1 404 Not Found", (await connection.ReadAsync())!.StatusLine);
        Assert.Equal(1, Read(await connection.ReadAsync()).Incomplete);
    }

    [Fact]
    public async Task Who_asks_to_close_is_closed_after_the_answer()
    {
        foreach (string end in (string[])[" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", " HTTP/1.0\r\n\r\n"])
        {
            using RawHttp connection = await RawHttp.ConnectAsync(Server);
            await connection.SendAsync("GET /scrape?info_hash=aaaaaaaaaaaaaaaaaaaa" + end);

            RawResponse response = (await connection.ReadAsync())!;
            Assert.Equal("close", response.Headers["connection"]);
            Assert.Equal("d5:filesdee", Encoding.Latin1.GetString(response.Body));
            Assert.Null(await connection.ReadAsync());
        }
    }

    private static string Request(string target, string headers = "") =>
        $"GET {target} HTTP/1.1\r\nHost: tracker.example\r\nUser-Agent: test\r\n{headers}\r\n";

    private static HttpAnnounceReply Read(RawResponse? response)
    {
        Assert.True(
            HttpAnnounceReply.TryParse(response!.Body, out HttpAnnounceReply? reply, out string? problem),
            problem
        );
        return reply!;
    }

    /// <summary>The interval is spread at random, and peers are drawn at random; all else is equal.</summary>
    private static void AssertAlike(string target, byte[] one, byte[] two)
    {
        if (!HttpAnnounceReply.TryParse(one, out HttpAnnounceReply? first, out _) || first!.FailureReason is not null)
        {
            Assert.True(one.AsSpan().SequenceEqual(two), $"{target}: {Encoding.Latin1.GetString(one)}");
            return;
        }
        Assert.True(HttpAnnounceReply.TryParse(two, out HttpAnnounceReply? second, out _), target);
        Assert.InRange(first.IntervalSeconds, 30, 90);
        Assert.InRange(second!.IntervalSeconds, 30, 90);
        Assert.Equal(first.MinIntervalSeconds, Math.Max(15, first.IntervalSeconds / 2));
        Assert.Equal(
            (first.Complete, first.Incomplete, first.ExternalAddress, first.Peers.Count),
            (second.Complete, second.Incomplete, second.ExternalAddress, second.Peers.Count)
        );
        // With all peers in the reply it is the same bytes, but for the random.
        if (first.Peers.Count < 5)
            Assert.Equal(
                first.Peers.Select(static peer => peer.Endpoint.ToString()).Order(),
                second.Peers.Select(static peer => peer.Endpoint.ToString()).Order()
            );
    }

    private static string RandomTarget(Random random, InfoHash file)
    {
        if (random.Next(10) == 0)
            return $"/scrape?info_hash={TrackerClient.Escape(file.AsSpan())}{Pick("", "&info_hash=short", "&x=%zz")}";
        var parameters = new List<string>
        {
            Often($"info_hash={TrackerClient.Escape(file.AsSpan())}", "info_hash=aaaaaaaaaaaaaaaaaaaa", "info_hash=%4"),
            Often($"peer_id=-TT0000-{random.Next(8):d12}", "peer_id=short", "peer_id=%zz"),
            Often($"port={random.Next(1, 4)}", "port=0", "port=x", "port=65536"),
            Often($"left={Pick("0", "1000", "1000000", "9223372036854775807")}", "left=much", "left=-1"),
            Pick(
                "uploaded=0",
                "uploaded=5",
                "downloaded=7",
                "event=started",
                "event=completed",
                "event=empty",
                "event=stopped",
                "event=odd"
            ),
            Pick(
                "compact=1",
                "compact=0",
                "no_peer_id=1",
                "numwant=0",
                "numwant=200",
                "numwant=-1",
                "key=abcd",
                "ip=1.2.3.4",
                ""
            ),
        };
        if (random.Next(20) == 0)
            parameters.RemoveAt(random.Next(parameters.Count));
        return "/announce?" + string.Join('&', parameters);

        string Pick(params string[] of) => of[random.Next(of.Length)];

        string Often(string usual, params string[] rare) => random.Next(12) == 0 ? Pick(rare) : usual;
    }
}

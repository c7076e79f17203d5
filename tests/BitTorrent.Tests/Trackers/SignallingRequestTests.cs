using System.Text;
using System.Text.Json;
using Distribution.BitTorrent.Trackers;

namespace Distribution.BitTorrent.Tests.Trackers;

public sealed class SignallingRequestTests
{
    /// <summary>Every byte stands for a character, as JavaScript clients write ids.</summary>
    private static readonly byte[] Id =
    [
        0,
        1,
        9,
        10,
        31,
        34,
        47,
        92,
        127,
        128,
        159,
        160,
        255,
        65,
        66,
        67,
        68,
        69,
        70,
        71,
    ];

    [Fact]
    public void An_announce_is_read_as_clients_send_it()
    {
        // As bittorrent-tracker 11 writes it: JSON.stringify leaves what is above 0x7f as it is.
        string json = $$"""
            {"numwant":2,"uploaded":5,"downloaded":6,"left":7,"event":"started","action":"announce",
             "info_hash":{{Quoted(Id)}},"peer_id":{{Quoted("-WW0208-0123456789ab"u8)}},"trackerid":null,
             "offers":[{"offer":{"type":"offer","sdp":"v=0\r\n"},"offer_id":{{Quoted(Id)}} },
                       {"offer_id":"second","more":[1],"offer":{} }]}
            """;

        SignallingRequest request = Read(json);

        Assert.Equal(SignallingAction.Announce, request.Action);
        Assert.Equal(new InfoHash(Id), Assert.Single(request.InfoHashes));
        Assert.Equal(new PeerId("-WW0208-0123456789ab"u8), request.PeerId);
        Assert.Equal(TrackerEvent.Started, request.Event);
        Assert.Equal(
            (5, 6, 7, 2),
            (request.UploadedBytes, request.DownloadedBytes, request.LeftBytes, request.NumWant)
        );
        Assert.Equal(
            ["""{"type":"offer","sdp":"v=0\r\n"}""", "{}"],
            request.Offers.Select(static offer => Encoding.UTF8.GetString(offer.Offer.Span))
        );
        Assert.Equal("\"second\"", Encoding.UTF8.GetString(request.Offers[1].OfferId.Span));
        Assert.Null(request.Answer);
    }

    [Fact]
    public void What_is_left_may_be_unknown()
    {
        // webtorrent without the metadata: NaN becomes null.
        Assert.Equal(HttpAnnounceQuery.UnknownLeft, Read(Announce(""","left":null""")).LeftBytes);
        Assert.Equal(HttpAnnounceQuery.UnknownLeft, Read(Announce("")).LeftBytes);
        Assert.Equal(1_000_000_000_000_000_000, Read(Announce(""","left":1e18""")).LeftBytes);
        Assert.Equal(long.MaxValue, Read(Announce(""","left":1e300""")).LeftBytes);
        Assert.Equal(3, Read(Announce(""","left":3.9""")).LeftBytes);
        Assert.Equal(0, Read(Announce(""","uploaded":-1""")).UploadedBytes);
    }

    [Fact]
    public void An_answer_is_read()
    {
        SignallingRequest request = Read(
            Announce($$""","to_peer_id":{{Quoted(Id)}},"answer":{"type":"answer"},"offer_id":"x" """)
        );

        Assert.Equal(new PeerId(Id), request.Answer!.To);
        Assert.Equal("""{"type":"answer"}""", Encoding.UTF8.GetString(request.Answer.Answer.Span));
        Assert.Equal("\"x\"", Encoding.UTF8.GetString(request.Answer.OfferId.Span));
    }

    [Fact]
    public void A_scrape_names_one_swarm_or_several()
    {
        Assert.Single(Read($$"""{"action":"scrape","info_hash":{{Quoted(Id)}} }""").InfoHashes);
        Assert.Equal(
            [new InfoHash(Id), new InfoHash("aaaaaaaaaaaaaaaaaaaa"u8)],
            Read($$"""{"action":"scrape","info_hash":[{{Quoted(Id)}},"aaaaaaaaaaaaaaaaaaaa"]}""").InfoHashes
        );
    }

    [Fact]
    public void Offers_beyond_what_is_taken_are_skipped()
    {
        string offers = string.Join(',', Enumerable.Repeat("""{"offer":{"a":[1]},"offer_id":"i"}""", 30));

        Assert.Equal(10, Read(Announce($""","offers":[{offers}]""")).Offers.Count);
    }

    [Theory]
    [InlineData("", "a message is JSON")]
    [InlineData("7", "a message is a JSON object")]
    [InlineData("[]", "a message is a JSON object")]
    [InlineData("""{"action":"announce" """, "a message is JSON")]
    [InlineData("""{"action":"announce"} x""", "a message is JSON")]
    [InlineData("""{"peer_id":"\ud800"}""", "a message is JSON")]
    [InlineData("{}", "unknown action")]
    [InlineData("""{"action":"dance","info_hash":"aaaaaaaaaaaaaaaaaaaa"}""", "unknown action")]
    [InlineData("""{"action":"announce"}""", "missing info_hash")]
    [InlineData("""{"action":"scrape"}""", "missing info_hash")]
    [InlineData("""{"action":"announce","info_hash":"short"}""", "invalid info_hash: it has 20 bytes")]
    [InlineData("""{"action":"announce","info_hash":"aaaaaaaaaaaaaaaaaaa€"}""", "invalid info_hash: it has 20 bytes")]
    [InlineData("""{"action":"announce","info_hash":{"a":{}}}""", "invalid info_hash: it has 20 bytes")]
    [InlineData("""{"action":"announce","info_hash":"aaaaaaaaaaaaaaaaaaaa"}""", "missing peer_id")]
    [InlineData(
        """{"action":"announce","info_hash":"aaaaaaaaaaaaaaaaaaaa","peer_id":7}""",
        "invalid peer_id: it has 20 bytes"
    )]
    public void What_is_wrong_is_said(string json, string expected) => Assert.Equal(expected, ProblemOf(json));

    [Theory]
    [InlineData(""","left":"much" """, "invalid number")]
    [InlineData(""","uploaded":{}""", "invalid number")]
    [InlineData(""","event":"born" """, "invalid event")]
    [InlineData(""","event":[]""", "invalid event")]
    [InlineData(""","offers":{}""", "invalid offers")]
    [InlineData(""","offers":[7]""", "invalid offers")]
    [InlineData(""","offers":[{}]""", "invalid offers")]
    [InlineData(""","offers":[{"offer":"sdp","offer_id":"x"}]""", "invalid offers")]
    [InlineData(""","offers":[{"offer":{},"offer_id":7}]""", "invalid offer_id")]
    [InlineData(""","answer":"sdp" """, "invalid answer")]
    [InlineData(""","answer":{}""", "an answer needs to_peer_id")]
    [InlineData(""","answer":{},"to_peer_id":"bbbbbbbbbbbbbbbbbbbb" """, "an answer needs offer_id")]
    [InlineData(""","answer":{},"to_peer_id":"short" """, "invalid to_peer_id: it has 20 characters")]
    [InlineData(""","info_hash":["aaaaaaaaaaaaaaaaaaaa","bbbbbbbbbbbbbbbbbbbb"]""", "too many info_hash parameters")]
    public void What_is_wrong_with_an_announce_is_said_and_its_swarm_is_known(string more, string expected)
    {
        byte[] message = Encoding.UTF8.GetBytes(Announce(more));

        Assert.False(SignallingRequest.TryParse(message, 10, out SignallingRequest request, out string? problem));

        Assert.Equal(expected, problem);
        Assert.Equal(SignallingAction.Announce, request.Action);
        Assert.NotEmpty(request.InfoHashes);
    }

    [Fact]
    public void A_deep_message_is_refused()
    {
        string deep = string.Concat(Enumerable.Repeat("[", 5000)) + string.Concat(Enumerable.Repeat("]", 5000));
        Assert.Equal("a message is JSON", ProblemOf(Announce($""","x":{deep}""")));
        Assert.Equal("too many info_hash parameters", ProblemOf(Scrape(75)));
        Assert.Equal(74, Read(Scrape(74)).InfoHashes.Count);
    }

    [Fact]
    public void No_damage_makes_it_throw()
    {
        byte[] whole = Encoding.UTF8.GetBytes(
            Announce(
                $$""","left":7,"event":"started","numwant":3,"to_peer_id":{{Quoted(Id)}},"answer":{"a":1},"offer_id":"x","offers":[{"offer":{"sdp":"é"},"offer_id":"y"}]"""
            )
        );
        var random = new Random(20261123);
        int read = 0;
        for (int i = 0; i < 50_000; i++)
        {
            byte[] damaged = whole.AsSpan(0, random.Next(8) == 0 ? random.Next(whole.Length) : whole.Length).ToArray();
            for (int flips = random.Next(4); flips > 0 && damaged.Length > 0; flips--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (!SignallingRequest.TryParse(damaged, 10, out SignallingRequest request, out string? problem))
            {
                Assert.NotNull(problem);
                continue;
            }
            read++;
            // What is relayed is JSON again.
            foreach (SignallingOffer offer in request.Offers)
                JsonDocument.Parse(SignallingReplies.Offered(request.InfoHashes[0], request.PeerId, offer)).Dispose();
        }
        Assert.InRange(read, 1000, 49_000);
    }

    [Fact]
    public void Replies_are_what_clients_read()
    {
        var infoHash = new InfoHash(Id);
        var peer = new PeerId("-WW0208-0123456789ab"u8);
        var offer = new SignallingOffer("""{"type":"offer"}"""u8.ToArray(), "\"ÿ\""u8.ToArray());

        JsonElement announced = Parse(SignallingReplies.Announced(infoHash, 120, 3, 4));
        Assert.Equal(
            ("announce", 120, 3, 4),
            (
                announced.GetProperty("action").GetString(),
                announced.GetProperty("interval").GetInt32(),
                announced.GetProperty("complete").GetInt32(),
                announced.GetProperty("incomplete").GetInt32()
            )
        );
        Assert.Equal(Id, BytesOf(announced.GetProperty("info_hash")));

        JsonElement offered = Parse(SignallingReplies.Offered(infoHash, peer, offer));
        Assert.Equal("announce", offered.GetProperty("action").GetString());
        Assert.Equal("offer", offered.GetProperty("offer").GetProperty("type").GetString());
        Assert.Equal("ÿ", offered.GetProperty("offer_id").GetString());
        Assert.Equal(peer.AsSpan().ToArray(), BytesOf(offered.GetProperty("peer_id")));
        Assert.Equal(Id, BytesOf(offered.GetProperty("info_hash")));

        JsonElement answered = Parse(
            SignallingReplies.Answered(infoHash, peer, new SignallingAnswer(peer, offer.Offer, offer.OfferId))
        );
        Assert.Equal(JsonValueKind.Object, answered.GetProperty("answer").ValueKind);

        JsonElement scraped = Parse(SignallingReplies.Scraped([new TrackerScrapeEntry(infoHash, 1, 2, 3)], 30));
        Assert.Equal("scrape", scraped.GetProperty("action").GetString());
        JsonProperty file = Assert.Single(scraped.GetProperty("files").EnumerateObject());
        Assert.Equal(Id, Encoding.Latin1.GetBytes(file.Name));
        Assert.Equal(2, file.Value.GetProperty("downloaded").GetInt32());

        JsonElement refused = Parse(SignallingReplies.Refused(SignallingAction.Announce, infoHash, "no"));
        Assert.Equal("no", refused.GetProperty("failure reason").GetString());
        Assert.Equal("announce", refused.GetProperty("action").GetString());
        // A client looks for its swarm in whatever names an action.
        Assert.False(
            Parse(SignallingReplies.Refused(SignallingAction.Announce, null, "no")).TryGetProperty("action", out _)
        );
    }

    private static SignallingRequest Read(string json)
    {
        Assert.True(
            SignallingRequest.TryParse(
                Encoding.UTF8.GetBytes(json),
                10,
                out SignallingRequest request,
                out string? problem
            ),
            problem
        );
        return request;
    }

    private static string? ProblemOf(string json)
    {
        Assert.False(SignallingRequest.TryParse(Encoding.UTF8.GetBytes(json), 10, out _, out string? problem));
        return problem;
    }

    private static string Announce(string more) =>
        $$"""{"action":"announce","info_hash":"aaaaaaaaaaaaaaaaaaaa","peer_id":"-WW0208-0123456789ab"{{more}}}""";

    private static string Scrape(int swarms) =>
        $$"""{"action":"scrape","info_hash":[{{string.Join(
            ',',
            Enumerable.Repeat("\"aaaaaaaaaaaaaaaaaaaa\"", swarms)
        )}}]}""";

    private static string Quoted(ReadOnlySpan<byte> id) =>
        $"\"{JsonEncodedText.Encode(Encoding.Latin1.GetString(id), System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static JsonElement Parse(byte[] message) => JsonDocument.Parse(message).RootElement;

    private static byte[] BytesOf(JsonElement id) => Encoding.Latin1.GetBytes(id.GetString()!);
}

using System.Net;
using System.Text;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Networks;
using Distribution.Fuzz.Mutations;
using Distribution.Fuzz.Trackers;
using Distribution.Silos.Announces;
using Distribution.Silos.Announces.Limits;
using Distribution.Silos.Announces.Plain;
using Distribution.Silos.Swarms;

namespace Distribution.Fuzz.Targets;

/// <summary>The HTTP tracker's readers and handler, in process. What the framework reads of HTTP is <see cref="LiveHttpTarget"/>'s.</summary>
internal sealed class HttpTarget : IFuzzTarget
{
    public const int MostRequestBytes = 16 * 1024;

    /// <summary>200 peers as dictionaries, each at its longest; a scrape of 74 has fewer.</summary>
    private const int MostBodyBytes = 24 * 1024;

    private readonly FuzzTracker _tracker;
    private readonly Findings _findings;
    private readonly HttpTracker _http;
    private readonly TokenMutator _mutator;
    private readonly Draft _request = new(MostRequestBytes);

    public HttpTarget(FuzzTracker tracker, Findings findings)
    {
        (_tracker, _findings) = (tracker, findings);
        _http = new HttpTracker(tracker, tracker.Limits);
        _mutator = NewMutator(FuzzTracker.Crowded);
    }

    public string Name => "http";

    public static TokenMutator NewMutator(InfoHash swarm) =>
        new(Corpus.Read("http"), "&=? \r\n:/", Words, Escape) { Swarm = swarm };

    public async ValueTask<int> FeedAsync(Random random)
    {
        _mutator.Make(_request, random);
        IPAddress source = Sources.Next(random).Address;
        (PlainRequestKind kind, byte[] query) = Read(source, out bool isRefused);
        if (isRefused)
            return 1;
        // What is another's to read may still reach the handlers by way of the framework.
        if (kind != PlainRequestKind.Scrape)
            CheckAnnounced(await _http.AnswerAnnounceAsync(query, source), source);
        if (kind != PlainRequestKind.Announce)
            CheckScraped(await _http.AnswerScrapeAsync(query));
        return 1;
    }

    public async ValueTask CheckHonestAsync()
    {
        await AnnounceAsync("-HO0001-first viewer", "192.0.2.1", 1001);
        HttpAnnounceReply? reply = await AnnounceAsync("-HO0001-other viewer", "192.0.2.2", 1002);
        _findings.Expect(
            reply is { Complete: 0, Incomplete: 2, Peers: [{ Endpoint: var only }] }
                && only.ToString() == "192.0.2.1:1001",
            Name,
            $"an honest viewer heard {reply?.Incomplete} leechers and {reply?.Peers.Count} peers, {reply?.FailureReason}",
            []
        );
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static readonly byte[][] Words =
    [
        .. (
            (string[])
                [
                    "info_hash",
                    "peer_id",
                    "port",
                    "left",
                    "numwant",
                    "event",
                    "compact",
                    "no_peer_id",
                    "0",
                    "1",
                    "-1",
                    "65536",
                    "18446744073709551616",
                    "-9223372036854775808",
                    "9999999999999999999999999999999999999999",
                    "%",
                    "%0",
                    "%zz",
                    "%00",
                    "%ff%fe%fd%fc%fb%fa%f9%f8%f7%f6%f5%f4%f3%f2%f1%f0%ef%ee%ed%ec",
                    "started",
                    "stopped",
                    "completed",
                    "paused",
                    "GET",
                    "POST",
                    "/announce",
                    "/scrape",
                    "HTTP/1.0",
                    "HTTP/1.1",
                    "Content-Length",
                    "Transfer-Encoding",
                    "chunked",
                    "Connection",
                    "close",
                    "Upgrade",
                    "Host",
                    "\r\n\r\n",
                    "\n",
                    "",
                ]
        ).Select(Encoding.Latin1.GetBytes),
    ];

    private static byte[] Escape(InfoHash infoHash)
    {
        var text = new StringBuilder();
        foreach (byte one in infoHash.AsSpan())
            text.Append('%').Append(one.ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private (PlainRequestKind Kind, byte[] Query) Read(IPAddress source, out bool isRefused)
    {
        PlainRequest request = PlainRequest.Read(_request.Bytes);
        bool isOurs = request.Kind is PlainRequestKind.Announce or PlainRequestKind.Scrape;
        _findings.Expect(
            !isOurs || (request.LengthBytes > 0 && request.LengthBytes <= _request.Length),
            Name,
            "a request longer than what came",
            _request.Bytes
        );
        isRefused =
            _tracker.Limits.Take(source.GetAddressBytes(), HttpRequestCost.Of(request), RequestTransport.Http) != 0;
        if (isOurs)
            return (request.Kind, request.Query.ToArray());
        int lineEnd = _request.Bytes.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = lineEnd < 0 ? _request.Bytes : _request.Bytes[..lineEnd];
        return (request.Kind, line[(line.IndexOf((byte)'?') + 1)..].ToArray());
    }

    private void CheckAnnounced(ReadOnlyMemory<byte> body, IPAddress source)
    {
        bool isRead = HttpAnnounceReply.TryParse(body, out HttpAnnounceReply? reply, out string? problem);
        _findings.Expect(isRead, Name, $"an answer that no client reads: {problem}", _request.Bytes);
        _findings.Expect(body.Length <= MostBodyBytes, Name, $"an answer of {body.Length} bytes", _request.Bytes);
        AddressScope receiver = AddressScopes.ScopeOf(source);
        _findings.Expect(
            reply is null
                || (
                    reply.Peers.Count <= Swarm.MaxNumWant
                    && reply.Peers.All(peer =>
                        AddressScopes.MayTell(AddressScopes.ScopeOf(peer.Endpoint.Address), receiver)
                    )
                ),
            Name,
            "too many peers, or such as must not be told",
            _request.Bytes
        );
    }

    private void CheckScraped(ReadOnlyMemory<byte> body)
    {
        bool isRead =
            HttpScrapeReply.TryParse(body, out _, out string? problem)
            || HttpAnnounceReply.TryParse(body, out _, out problem);
        _findings.Expect(isRead, Name, $"a scrape's answer that no client reads: {problem}", _request.Bytes);
        _findings.Expect(body.Length <= MostBodyBytes, Name, $"an answer of {body.Length} bytes", _request.Bytes);
    }

    private async ValueTask<HttpAnnounceReply?> AnnounceAsync(string peerId, string address, int port)
    {
        string query =
            $"info_hash={Encoding.ASCII.GetString(Escape(FuzzTracker.Quiet))}&peer_id={Uri.EscapeDataString(peerId)}&port={port}"
            + "&uploaded=0&downloaded=0&left=1000000&compact=1";
        ReadOnlyMemory<byte> body = await _http.AnswerAnnounceAsync(
            Encoding.ASCII.GetBytes(query),
            IPAddress.Parse(address)
        );
        return HttpAnnounceReply.TryParse(body, out HttpAnnounceReply? reply, out _) ? reply : null;
    }
}

using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Announces.Limits;
using Distribution.Silos.Swarms;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Distribution.Silos.Announces;

/// <summary>
/// The HTTP tracker (BEPs 3, 7, 23, 31, 48): status 200 with bencode also where it refuses, because clients show a failure reason and hide a
/// status; 429 where an address asks too much. A peer's address is the connection's; the <c>ip</c> parameter is not read.
/// </summary>
internal sealed class HttpTracker(IAnnounceHandler handler, RequestLimits limits)
{
    public const string Transport = "http";

    public async Task AnnounceAsync(HttpContext context)
    {
        byte[] query = RawQuery(context);
        IPAddress? address = context.Connection.RemoteIpAddress;
        int wait = Take(address, RequestCost.Announce);
        await WriteAsync(context, wait == 0 ? await AnswerAnnounceAsync(query, address) : TooMany(wait), wait);
    }

    public async Task ScrapeAsync(HttpContext context)
    {
        byte[] query = RawQuery(context);
        int wait = Take(context.Connection.RemoteIpAddress, HttpRequestCost.OfScrape(query));
        ReadOnlyMemory<byte> body =
            wait != 0 ? TooMany(wait)
            : context.Connection.RemoteIpAddress is null ? OfNobody()
            : await AnswerScrapeAsync(query);
        await WriteAsync(context, body, wait);
    }

    /// <summary>The body that refuses who asks too much (BEP 31).</summary>
    /// <param name="waitSeconds">See <see cref="RequestLimits.Take(ReadOnlySpan{byte}, int, RequestTransport)"/>.</param>
    public static ReadOnlyMemory<byte> TooMany(int waitSeconds)
    {
        var body = new ArrayBufferWriter<byte>(128);
        (
            HttpAnnounceReply.Refused("too many requests from your network") with
            {
                RetryInMinutes = (waitSeconds + 59) / 60,
            }
        ).Write(body);
        return body.WrittenMemory;
    }

    /// <summary>The body of the answer to an announce.</summary>
    /// <param name="rawQuery">As it came, with or without its question mark.</param>
    /// <param name="address">The client's; null: not known.</param>
    public async ValueTask<ReadOnlyMemory<byte>> AnswerAnnounceAsync(byte[] rawQuery, IPAddress? address)
    {
        var body = new ArrayBufferWriter<byte>(256);
        if (address is { IsIPv4MappedToIPv6: true })
            address = address.MapToIPv4();
        if (!HttpAnnounceQuery.TryParse(rawQuery, out HttpAnnounceQuery query, out TrackerQueryError error))
            HttpAnnounceReply.Refused(error.Describe()).Write(body);
        else if (address is null)
            return OfNobody();
        else
        {
            AnnounceReply reply = await handler.AnnounceAsync(
                query.InfoHash,
                new SwarmAnnounce(
                    query.PeerId,
                    new IPEndPoint(address, query.Port),
                    (AnnounceEvent)query.Event,
                    query.UploadedBytes,
                    query.DownloadedBytes,
                    query.LeftBytes,
                    Swarm.ClampNumWant(query.NumWant),
                    AnnounceTransport.Http
                ),
                Transport
            );
            ToHttp(reply, address).Write(body, query.Compact, withPeerIds: !query.NoPeerId);
        }
        return body.WrittenMemory;
    }

    /// <summary>The body of the answer to a scrape.</summary>
    /// <inheritdoc cref="AnswerAnnounceAsync"/>
    public async ValueTask<ReadOnlyMemory<byte>> AnswerScrapeAsync(byte[] rawQuery)
    {
        var body = new ArrayBufferWriter<byte>(256);
        var wanted = new InfoHash[HttpScrapeQuery.MaxInfoHashes];
        if (!HttpScrapeQuery.TryParse(rawQuery, wanted, out int count, out TrackerQueryError error))
            HttpAnnounceReply.Refused(error.Describe()).Write(body);
        else
        {
            var entries = new List<TrackerScrapeEntry>(count);
            foreach (InfoHash infoHash in wanted[..count])
            {
                if (await handler.ScrapeAsync(infoHash) is { } counts)
                    entries.Add(new TrackerScrapeEntry(infoHash, counts.Seeders, counts.Completed, counts.Leechers));
            }
            HttpScrapeReply.Write(body, entries);
        }
        return body.WrittenMemory;
    }

    // Nobody can be charged for it, or told to others.
    private static ReadOnlyMemory<byte> OfNobody()
    {
        var body = new ArrayBufferWriter<byte>(128);
        HttpAnnounceReply.Refused("your address is not known: a proxy's header cannot be read").Write(body);
        return body.WrittenMemory;
    }

    // The server's own view of the query is decoded as text, which these bytes are not.
    private static byte[] RawQuery(HttpContext context)
    {
        string? target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        int start = target?.IndexOf('?', StringComparison.Ordinal) ?? -1;
        string query = start < 0 ? context.Request.QueryString.Value ?? "" : target![start..];
        return Encoding.Latin1.GetBytes(query);
    }

    private static HttpAnnounceReply ToHttp(AnnounceReply reply, IPAddress client) =>
        reply.FailureReason is { } reason
            ? HttpAnnounceReply.Refused(reason)
            : new HttpAnnounceReply
            {
                IntervalSeconds = reply.IntervalSeconds,
                MinIntervalSeconds = reply.MinIntervalSeconds,
                Complete = reply.Seeders,
                Incomplete = reply.Leechers,
                ExternalAddress = client,
                Peers = [.. reply.Peers.Select(static peer => new TrackerPeer(peer.Endpoint, peer.PeerId))],
            };

    private int Take(IPAddress? address, int quarters)
    {
        if (address is null)
            return 0;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return limits.Take(bytes[..length], quarters, RequestTransport.Http);
    }

    private static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> body, int waitSeconds)
    {
        if (waitSeconds > 0)
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = waitSeconds.ToString(CultureInfo.InvariantCulture);
        }
        context.Response.ContentType = "text/plain";
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}

using System.Buffers;
using System.Net;
using System.Text;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Swarms;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Distribution.Silos.Announces;

/// <summary>
/// The HTTP tracker (BEPs 3, 7, 23, 48): always status 200 with bencode, because clients show a failure reason and hide a status. A peer's
/// address is the connection's; the <c>ip</c> parameter is not read.
/// </summary>
internal sealed class HttpTracker(IAnnounceHandler handler)
{
    public const string Transport = "http";

    public async Task AnnounceAsync(HttpContext context) =>
        await WriteAsync(context, await AnswerAnnounceAsync(RawQuery(context), context.Connection.RemoteIpAddress));

    public async Task ScrapeAsync(HttpContext context) =>
        await WriteAsync(context, await AnswerScrapeAsync(RawQuery(context)));

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
            HttpAnnounceReply.Refused("your address is not known").Write(body);
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

    private static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        context.Response.ContentType = "text/plain";
        context.Response.ContentLength = body.Length;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}

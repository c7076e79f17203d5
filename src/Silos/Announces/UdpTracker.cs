using System.Net;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Announces.Limits;
using Distribution.Silos.Swarms;

namespace Distribution.Silos.Announces;

/// <summary>
/// The UDP tracker's answers (BEP 15), apart from its socket. What cannot be read, and what carries a connection id that we did not give to
/// that address, is not answered at all: a forged source must get nothing from us. So is one that asks too much: no answer is the smallest.
/// </summary>
internal sealed class UdpTracker(IAnnounceHandler handler, UdpConnectionIds connectionIds, RequestLimits limits)
{
    public const string Transport = "udp";

    /// <summary>Replies stay within what every path carries in one piece.</summary>
    public const int MaxReplyBytes = 1400;

    /// <summary>Writes the answer into <paramref name="reply"/>; 0 bytes: there is none.</summary>
    /// <param name="client">The packet's source; an IPv4 address in IPv4 form.</param>
    /// <param name="reply">At least <see cref="MaxReplyBytes"/>.</param>
    public ValueTask<int> AnswerAsync(ReadOnlyMemory<byte> packet, IPEndPoint client, Memory<byte> reply)
    {
        if (!UdpRequestHeader.TryParse(packet.Span, out UdpRequestHeader header))
            return ValueTask.FromResult(0);
        if (UdpConnectRequest.TryParse(packet.Span, out UdpConnectRequest connect))
        {
            var answer = new UdpConnectReply(connect.TransactionId, connectionIds.Issue(client));
            return ValueTask.FromResult(TakeConnect(client) ? answer.Write(reply.Span) : 0);
        }
        if (!connectionIds.IsValid(header.ConnectionId, client) || !Take(packet.Length, header.Action, client))
            return ValueTask.FromResult(0);
        return header.Action switch
        {
            UdpTrackerAction.Announce => AnnounceAsync(packet, header.TransactionId, client, reply),
            UdpTrackerAction.Scrape => ScrapeAsync(packet, header.TransactionId, reply),
            _ => ValueTask.FromResult(Refuse(header.TransactionId, "unknown action", reply)),
        };
    }

    private async ValueTask<int> AnnounceAsync(
        ReadOnlyMemory<byte> packet,
        uint transactionId,
        IPEndPoint client,
        Memory<byte> reply
    )
    {
        if (!UdpAnnounceRequest.TryParse(packet.Span, out UdpAnnounceRequest request))
            return Refuse(transactionId, "invalid announce", reply);
        AnnounceReply answer = await handler.AnnounceAsync(
            request.InfoHash,
            new SwarmAnnounce(
                request.PeerId,
                new IPEndPoint(client.Address, request.Port),
                (AnnounceEvent)request.Event,
                request.UploadedBytes,
                request.DownloadedBytes,
                request.LeftBytes,
                Swarm.ClampNumWant(request.NumWant)
            ),
            Transport
        );
        if (answer.FailureReason is { } reason)
            return Refuse(request.TransactionId, reason, reply);
        return new UdpAnnounceReply(
            request.TransactionId,
            answer.IntervalSeconds,
            answer.Leechers,
            answer.Seeders,
            [.. answer.Peers.Select(static peer => new TrackerPeer(peer.Endpoint, null))]
        ).Write(reply.Span[..MaxReplyBytes], CompactPeers.IsIPv6(client));
    }

    private async ValueTask<int> ScrapeAsync(ReadOnlyMemory<byte> packet, uint transactionId, Memory<byte> reply)
    {
        if (!UdpScrapeRequest.TryParse(packet.Span, out UdpScrapeRequest? request))
            return Refuse(transactionId, "invalid scrape", reply);
        var counts = new List<UdpScrapeCounts>(request!.InfoHashes.Count);
        foreach (InfoHash infoHash in request.InfoHashes)
        {
            ScrapeCounts swarm = await handler.ScrapeAsync(infoHash) ?? default;
            int completed = (int)Math.Min(swarm.Completed, int.MaxValue);
            counts.Add(new UdpScrapeCounts(swarm.Seeders, completed, swarm.Leechers));
        }
        return new UdpScrapeReply(request.TransactionId, counts).Write(reply.Span);
    }

    private bool TakeConnect(IPEndPoint client)
    {
        Span<byte> address = stackalloc byte[16];
        client.Address.TryWriteBytes(address, out int length);
        return limits.TakeConnect(address[..length], limits.Now);
    }

    private bool Take(int packetBytes, UdpTrackerAction action, IPEndPoint client)
    {
        Span<byte> address = stackalloc byte[16];
        client.Address.TryWriteBytes(address, out int length);
        int quarters =
            action == UdpTrackerAction.Scrape
                ? RequestCost.Scrape((packetBytes - UdpRequestHeader.LengthBytes) / InfoHash.LengthBytes)
                : RequestCost.Announce;
        return limits.Take(address[..length], quarters, RequestTransport.Udp) == 0;
    }

    private static int Refuse(uint transactionId, string message, Memory<byte> reply) =>
        new UdpErrorReply(transactionId, message).Write(reply.Span);
}

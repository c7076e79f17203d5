using System.Net;
using Distribution.BitTorrent.Trackers;
using Distribution.Contracts.Networks;
using Distribution.Silos.Announces;
using Distribution.Silos.Swarms;

namespace Distribution.Fuzz.Targets;

/// <summary>What any reply of the UDP tracker keeps to, whatever it answers.</summary>
internal static class UdpReplyCheck
{
    private const int MostErrorBytes = UdpReplyHeader.LengthBytes + 64;

    /// <param name="isProven">The request carries a connection id of ours, for its source.</param>
    public static void Check(
        ReadOnlySpan<byte> packet,
        ReadOnlySpan<byte> reply,
        IPAddress source,
        bool isProven,
        Findings findings,
        string name
    )
    {
        if (reply.IsEmpty)
            return;
        if (
            !UdpReplyHeader.TryParse(reply, out UdpReplyHeader header)
            || !UdpRequestHeader.TryParse(packet, out UdpRequestHeader request)
        )
        {
            findings.Add(name, "a reply without header, or to no request", packet);
            return;
        }
        findings.Expect(header.TransactionId == request.TransactionId, name, "another's transaction", packet);
        findings.Expect(isProven || reply.Length <= packet.Length, name, "amplifies for a forged source", packet);
        bool isConnect = header.Action == UdpTrackerAction.Connect;
        findings.Expect(isProven || isConnect, name, "answers a forged source", packet);
        bool isIPv6 =
            source is { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false };
        bool isRead = header.Action switch
        {
            UdpTrackerAction.Connect => reply.Length == UdpConnectReply.LengthBytes,
            UdpTrackerAction.Announce => IsAnnounceReply(reply, isIPv6, source),
            UdpTrackerAction.Scrape => UdpScrapeReply.TryParse(reply, out UdpScrapeReply? scrape)
                && scrape!.Swarms.Count <= UdpScrapeRequest.MaxInfoHashes,
            UdpTrackerAction.Error => UdpErrorReply.TryParse(reply, out UdpErrorReply? error)
                && error!.Message.Length > 0
                && reply.Length <= MostErrorBytes,
            _ => false,
        };
        findings.Expect(isRead, name, $"a {header.Action} reply of {reply.Length} bytes that no client reads", packet);
    }

    private static bool IsAnnounceReply(ReadOnlySpan<byte> reply, bool isIPv6, IPAddress source)
    {
        if (
            !UdpAnnounceReply.TryParse(reply, isIPv6, out UdpAnnounceReply? read)
            || reply.Length > UdpTracker.MaxReplyBytes
        )
            return false;
        AddressScope receiver = AddressScopes.ScopeOf(source);
        return read!.Peers.Count <= Swarm.MaxNumWant
            && read.IntervalSeconds is >= AnnounceInterval.ShortestSeconds and <= AnnounceInterval.LongestSeconds
            && read.Peers.All(peer => AddressScopes.MayTell(AddressScopes.ScopeOf(peer.Endpoint.Address), receiver));
    }
}

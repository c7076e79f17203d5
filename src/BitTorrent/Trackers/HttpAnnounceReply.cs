using System.Buffers;
using System.Net;
using Distribution.BitTorrent.Bencode;

namespace Distribution.BitTorrent.Trackers;

/// <summary>The answer to an HTTP announce (BEP 3), as a value that reads and writes its bencode.</summary>
public sealed record HttpAnnounceReply
{
    /// <summary>Set: the announce was refused, and nothing else counts.</summary>
    public string? FailureReason { get; init; }

    /// <summary>With a failure: minutes until it may be tried again (BEP 31); 0: not told.</summary>
    public int RetryInMinutes { get; init; }

    /// <summary>Seconds until the next regular announce.</summary>
    public int IntervalSeconds { get; init; }

    /// <summary>Seconds; 0: not told.</summary>
    public int MinIntervalSeconds { get; init; }

    public int Complete { get; init; }

    public int Incomplete { get; init; }

    /// <summary>The client's address as the tracker sees it (BEP 24); null: not told.</summary>
    public IPAddress? ExternalAddress { get; init; }

    /// <summary>Of both address families.</summary>
    public IReadOnlyList<TrackerPeer> Peers { get; init; } = [];

    public static HttpAnnounceReply Refused(string reason) => new() { FailureReason = reason };

    /// <param name="compact">BEP 23 <c>peers</c> and BEP 7 <c>peers6</c>; otherwise BEP 3's list of dictionaries.</param>
    /// <param name="withPeerIds">In the dictionary form, where known.</param>
    public void Write(IBufferWriter<byte> output, bool compact = true, bool withPeerIds = true)
    {
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        if (FailureReason is not null)
        {
            writer.WriteBytes("failure reason"u8);
            writer.WriteText(FailureReason);
            if (RetryInMinutes > 0)
                WriteEntry(writer, "retry in"u8, RetryInMinutes);
            writer.End();
            return;
        }
        WriteEntry(writer, "complete"u8, Complete);
        if (ExternalAddress is not null)
        {
            Span<byte> address = stackalloc byte[16];
            ExternalAddress.TryWriteBytes(address, out int written);
            writer.WriteBytes("external ip"u8);
            writer.WriteBytes(address[..written]);
        }
        WriteEntry(writer, "incomplete"u8, Incomplete);
        WriteEntry(writer, "interval"u8, IntervalSeconds);
        if (MinIntervalSeconds > 0)
            WriteEntry(writer, "min interval"u8, MinIntervalSeconds);
        writer.WriteBytes("peers"u8);
        if (compact)
        {
            WriteCompact(writer, isIPv6: false);
            if (Peers.Any(static peer => CompactPeers.IsIPv6(peer.Endpoint)))
            {
                writer.WriteBytes("peers6"u8);
                WriteCompact(writer, isIPv6: true);
            }
        }
        else
            WriteDictionaries(writer, withPeerIds);
        writer.End();
    }

    /// <summary>Reads either form, as a client does.</summary>
    /// <param name="problem">What is wrong, where the answer is false.</param>
    public static bool TryParse(ReadOnlyMemory<byte> data, out HttpAnnounceReply? reply, out string? problem)
    {
        reply = null;
        if (!BencodeValue.TryParse(data, BencodeLimits.Message, out BencodeValue? root, out BencodeError error))
        {
            problem = $"not bencode: {error}";
            return false;
        }
        if (root!["failure reason"u8] is { } failure)
        {
            reply = Refused(failure.AsText ?? "refused without a readable reason") with
            {
                RetryInMinutes = ReadCount(root["retry in"u8]),
            };
            problem = null;
            return true;
        }
        var peers = new List<TrackerPeer>();
        problem =
            !ReadPeers(root["peers"u8], peers) ? "invalid peers"
            : root["peers6"u8] is { } six
            && !(six.AsBytes is { } run && CompactPeers.TryRead(run.Span, isIPv6: true, peers))
                ? "invalid peers6"
            : root["interval"u8]?.AsInteger is not { } interval || interval is < 0 or > int.MaxValue
                ? "missing or invalid interval"
            : null;
        if (problem is not null)
            return false;
        reply = new HttpAnnounceReply
        {
            IntervalSeconds = ReadCount(root["interval"u8]),
            MinIntervalSeconds = ReadCount(root["min interval"u8]),
            Complete = ReadCount(root["complete"u8]),
            Incomplete = ReadCount(root["incomplete"u8]),
            ExternalAddress = root["external ip"u8]?.AsBytes is { Length: 4 or 16 } address
                ? new IPAddress(address.Span)
                : null,
            Peers = peers,
        };
        return true;
    }

    private static void WriteEntry(BencodeWriter writer, ReadOnlySpan<byte> key, long value)
    {
        writer.WriteBytes(key);
        writer.WriteInteger(value);
    }

    private void WriteCompact(BencodeWriter writer, bool isIPv6)
    {
        int count = 0;
        foreach (TrackerPeer peer in Peers)
            count += CompactPeers.IsIPv6(peer.Endpoint) == isIPv6 ? 1 : 0;
        writer.BeginBytes(count * CompactPeers.BytesPerPeer(isIPv6));
        Span<byte> one = stackalloc byte[CompactPeers.IPv6Bytes];
        foreach (TrackerPeer peer in Peers)
        {
            if (CompactPeers.IsIPv6(peer.Endpoint) == isIPv6)
                writer.WriteRaw(one[..CompactPeers.Write(peer.Endpoint, one)]);
        }
    }

    private void WriteDictionaries(BencodeWriter writer, bool withPeerIds)
    {
        writer.BeginList();
        foreach (TrackerPeer peer in Peers)
        {
            writer.BeginDictionary();
            writer.WriteBytes("ip"u8);
            writer.WriteText(peer.Endpoint.Address.ToString());
            if (withPeerIds && peer.Id is { } id)
            {
                writer.WriteBytes("peer id"u8);
                writer.WriteBytes(id.AsSpan());
            }
            WriteEntry(writer, "port"u8, peer.Endpoint.Port);
            writer.End();
        }
        writer.End();
    }

    private static bool ReadPeers(BencodeValue? value, List<TrackerPeer> peers)
    {
        if (value is null)
            return true;
        if (value.AsBytes is { } compact)
            return CompactPeers.TryRead(compact.Span, isIPv6: false, peers);
        if (value.AsList is not { } list)
            return false;
        foreach (BencodeValue entry in list)
        {
            // BEP 3 allows a DNS name as ip: no server of ours says one, and looking it up is no parser's business.
            if (
                !IPAddress.TryParse(entry["ip"u8]?.AsText, out IPAddress? address)
                || entry["port"u8]?.AsInteger is not (>= 0 and <= ushort.MaxValue and var port)
            )
                return false;
            PeerId? id = entry["peer id"u8]?.AsBytes is { Length: PeerId.LengthBytes } bytes
                ? new PeerId(bytes.Span)
                : null;
            peers.Add(new TrackerPeer(new IPEndPoint(address, (int)port), id));
        }
        return true;
    }

    private static int ReadCount(BencodeValue? value) => (int)Math.Clamp(value?.AsInteger ?? 0, 0, int.MaxValue);
}

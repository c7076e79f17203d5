using System.Buffers;
using System.Net;
using Distribution.BitTorrent.Bencode;
using Distribution.BitTorrent.Trackers;

namespace Distribution.BitTorrent.Wire;

/// <summary>A message of peer exchange (BEP 11): who is connected now and was not when the last one was sent, and the other way round.</summary>
public static class ExchangeMessage
{
    /// <summary>Of each kind in one message, of both address families together.</summary>
    public const int MaxPeers = 50;

    /// <summary>A flag of an added peer: it wants nothing.</summary>
    public const byte Seed = 0x02;

    /// <summary>Writes the dictionary, without frame and id.</summary>
    /// <param name="added">With their flags.</param>
    public static void Write(
        IBufferWriter<byte> output,
        IReadOnlyCollection<(IPEndPoint Peer, byte Flags)> added,
        IReadOnlyCollection<IPEndPoint> dropped
    )
    {
        var writer = new BencodeWriter(output);
        writer.BeginDictionary();
        foreach (bool isIPv6 in (ReadOnlySpan<bool>)[false, true])
        {
            var some = added.Where(each => CompactPeers.IsIPv6(each.Peer) == isIPv6).ToList();
            writer.WriteBytes(isIPv6 ? "added6"u8 : "added"u8);
            writer.WriteBytes(Compact(some.Select(static each => each.Peer)));
            writer.WriteBytes(isIPv6 ? "added6.f"u8 : "added.f"u8);
            writer.WriteBytes(some.Select(static each => each.Flags).ToArray());
        }
        writer.WriteBytes("dropped"u8);
        writer.WriteBytes(Compact(dropped.Where(static each => !CompactPeers.IsIPv6(each))));
        writer.WriteBytes("dropped6"u8);
        writer.WriteBytes(Compact(dropped.Where(CompactPeers.IsIPv6)));
        writer.End();
    }

    private static byte[] Compact(IEnumerable<IPEndPoint> peers)
    {
        var bytes = new List<byte>();
        Span<byte> one = stackalloc byte[CompactPeers.IPv6Bytes];
        foreach (IPEndPoint peer in peers)
            bytes.AddRange(one[..CompactPeers.Write(peer, one)]);
        return [.. bytes];
    }
}

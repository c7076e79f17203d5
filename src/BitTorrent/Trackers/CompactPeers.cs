using System.Buffers.Binary;
using System.Net;

namespace Distribution.BitTorrent.Trackers;

/// <summary>Address and port in network order, 6 bytes for IPv4 (BEP 23, BEP 15) and 18 for IPv6 (BEP 7, BEP 15).</summary>
public static class CompactPeers
{
    public const int IPv4Bytes = 6;
    public const int IPv6Bytes = 18;

    public static int BytesPerPeer(bool isIPv6) => isIPv6 ? IPv6Bytes : IPv4Bytes;

    /// <summary>Whether the endpoint is written in 18 bytes.</summary>
    public static bool IsIPv6(IPEndPoint endpoint)
    {
        Span<byte> address = stackalloc byte[16];
        endpoint.Address.TryWriteBytes(address, out int written);
        return written == address.Length;
    }

    /// <summary>Writes one endpoint; answers how many bytes.</summary>
    /// <param name="destination">At least 18 bytes, for IPv4 at least 6.</param>
    public static int Write(IPEndPoint endpoint, Span<byte> destination)
    {
        endpoint.Address.TryWriteBytes(destination, out int addressBytes);
        BinaryPrimitives.WriteUInt16BigEndian(destination[addressBytes..], (ushort)endpoint.Port);
        return addressBytes + sizeof(ushort);
    }

    /// <summary>Reads a run of endpoints; false where its length is no multiple of a peer's.</summary>
    public static bool TryRead(ReadOnlySpan<byte> compact, bool isIPv6, ICollection<TrackerPeer> peers)
    {
        int size = BytesPerPeer(isIPv6);
        if (compact.Length % size != 0)
            return false;
        for (; !compact.IsEmpty; compact = compact[size..])
        {
            var address = new IPAddress(compact[..(size - sizeof(ushort))]);
            int port = BinaryPrimitives.ReadUInt16BigEndian(compact[(size - sizeof(ushort))..]);
            peers.Add(new TrackerPeer(new IPEndPoint(address, port), null));
        }
        return true;
    }
}

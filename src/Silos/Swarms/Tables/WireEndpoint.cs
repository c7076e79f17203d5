using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Runtime.CompilerServices;
using Distribution.BitTorrent.Trackers;

namespace Distribution.Silos.Swarms.Tables;

/// <summary>An endpoint as trackers write it: 6 bytes for IPv4, 18 for IPv6, in network order. A value without references.</summary>
internal readonly struct WireEndpoint
{
    private readonly Bytes _bytes;
    private readonly byte _length;

    /// <param name="address">4 or 16 bytes.</param>
    public WireEndpoint(ReadOnlySpan<byte> address, ushort port)
    {
        address.CopyTo(_bytes);
        BinaryPrimitives.WriteUInt16BigEndian(((Span<byte>)_bytes)[address.Length..], port);
        _length = (byte)(address.Length + sizeof(ushort));
    }

    public bool IsIPv6 => _length == CompactPeers.IPv6Bytes;

    public ushort Port => BinaryPrimitives.ReadUInt16BigEndian(AsSpan()[(_length - sizeof(ushort))..]);

    /// <summary>Of an IPv4 address that is written as an IPv6 one: the IPv4 one.</summary>
    public static WireEndpoint Of(IPEndPoint endpoint)
    {
        Span<byte> address = stackalloc byte[16];
        endpoint.Address.TryWriteBytes(address, out int length);
        return endpoint.Address.IsIPv4MappedToIPv6
            ? new WireEndpoint(address[12..], (ushort)endpoint.Port)
            : new WireEndpoint(address[..length], (ushort)endpoint.Port);
    }

    /// <summary>Reads back what was written.</summary>
    /// <param name="wire">6 or 18 bytes.</param>
    public static IPEndPoint Read(ReadOnlySpan<byte> wire) =>
        new(
            new IPAddress(wire[..^sizeof(ushort)]),
            BinaryPrimitives.ReadUInt16BigEndian(wire[(wire.Length - sizeof(ushort))..])
        );

    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() => ((ReadOnlySpan<byte>)_bytes)[.._length];

    [UnscopedRef]
    public ReadOnlySpan<byte> Address => AsSpan()[..^sizeof(ushort)];

    public IPEndPoint ToEndPoint() => Read(AsSpan());

    public override string ToString() => ToEndPoint().ToString();

    [InlineArray(CompactPeers.IPv6Bytes)]
    private struct Bytes
    {
        private byte _first;
    }
}

using System.Runtime.InteropServices;
using Distribution.BitTorrent;

namespace Distribution.Contracts.Serialization;

/// <summary>How a <see cref="PeerId"/> travels between silos: the BitTorrent library itself knows no Orleans.</summary>
[GenerateSerializer, Immutable]
public struct PeerIdSurrogate
{
    [Id(0)]
    public ulong Head { get; set; }

    [Id(1)]
    public ulong Middle { get; set; }

    [Id(2)]
    public uint Tail { get; set; }
}

[RegisterConverter]
public sealed class PeerIdConverter : IConverter<PeerId, PeerIdSurrogate>
{
    public PeerId ConvertFromSurrogate(in PeerIdSurrogate surrogate)
    {
        Span<byte> bytes = stackalloc byte[PeerId.LengthBytes];
        MemoryMarshal.Write(bytes, surrogate.Head);
        MemoryMarshal.Write(bytes[8..], surrogate.Middle);
        MemoryMarshal.Write(bytes[16..], surrogate.Tail);
        return new PeerId(bytes);
    }

    public PeerIdSurrogate ConvertToSurrogate(in PeerId value) =>
        new()
        {
            Head = MemoryMarshal.Read<ulong>(value.AsSpan()),
            Middle = MemoryMarshal.Read<ulong>(value.AsSpan()[8..]),
            Tail = MemoryMarshal.Read<uint>(value.AsSpan()[16..]),
        };
}

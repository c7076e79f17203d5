using System.Runtime.InteropServices;
using Distribution.BitTorrent;

namespace Distribution.Contracts.Serialization;

/// <summary>How an <see cref="InfoHash"/> travels between silos: the BitTorrent library itself knows no Orleans.</summary>
[GenerateSerializer, Immutable]
public struct InfoHashSurrogate
{
    [Id(0)]
    public ulong Head { get; set; }

    [Id(1)]
    public ulong Middle { get; set; }

    [Id(2)]
    public uint Tail { get; set; }
}

[RegisterConverter]
public sealed class InfoHashConverter : IConverter<InfoHash, InfoHashSurrogate>
{
    public InfoHash ConvertFromSurrogate(in InfoHashSurrogate surrogate)
    {
        Span<byte> bytes = stackalloc byte[InfoHash.LengthBytes];
        MemoryMarshal.Write(bytes, surrogate.Head);
        MemoryMarshal.Write(bytes[8..], surrogate.Middle);
        MemoryMarshal.Write(bytes[16..], surrogate.Tail);
        return new InfoHash(bytes);
    }

    public InfoHashSurrogate ConvertToSurrogate(in InfoHash value) =>
        new()
        {
            Head = MemoryMarshal.Read<ulong>(value.AsSpan()),
            Middle = MemoryMarshal.Read<ulong>(value.AsSpan()[8..]),
            Tail = MemoryMarshal.Read<uint>(value.AsSpan()[16..]),
        };
}

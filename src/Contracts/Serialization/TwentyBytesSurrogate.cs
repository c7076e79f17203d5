using System.Runtime.InteropServices;

namespace Distribution.Contracts.Serialization;

/// <summary>
/// How 20-byte values travel between silos, and how they are stored: the BitTorrent library itself knows no Orleans.
/// </summary>
[GenerateSerializer, Immutable]
public struct TwentyBytesSurrogate
{
    [Id(0)]
    public ulong Head { get; set; }

    [Id(1)]
    public ulong Middle { get; set; }

    [Id(2)]
    public uint Tail { get; set; }

    internal const int Length = 20;

    internal static TwentyBytesSurrogate From(ReadOnlySpan<byte> bytes) =>
        new()
        {
            Head = MemoryMarshal.Read<ulong>(bytes),
            Middle = MemoryMarshal.Read<ulong>(bytes[8..]),
            Tail = MemoryMarshal.Read<uint>(bytes[16..]),
        };

    internal readonly void CopyTo(Span<byte> bytes)
    {
        MemoryMarshal.Write(bytes, Head);
        MemoryMarshal.Write(bytes[8..], Middle);
        MemoryMarshal.Write(bytes[16..], Tail);
    }
}

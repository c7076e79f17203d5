using System.Buffers.Binary;

namespace Distribution.BitTorrent.Wire;

/// <summary>What both sides of a connection send first (BEP 3): 68 bytes.</summary>
public readonly record struct Handshake(InfoHash InfoHash, PeerId PeerId, ReservedBits Reserved)
{
    public const int LengthBytes = 68;

    /// <summary>Enough to know whether it is BitTorrent at all.</summary>
    public const int PrefixBytes = 20;

    private const int ReservedAt = PrefixBytes;
    private const int InfoHashAt = ReservedAt + 8;
    private const int PeerIdAt = InfoHashAt + InfoHash.LengthBytes;

    private static ReadOnlySpan<byte> Prefix => "\u0013BitTorrent protocol"u8;

    /// <summary>Writes 68 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        Prefix.CopyTo(destination);
        BinaryPrimitives.WriteUInt64BigEndian(destination[ReservedAt..], (ulong)Reserved);
        InfoHash.AsSpan().CopyTo(destination[InfoHashAt..]);
        PeerId.AsSpan().CopyTo(destination[PeerIdAt..LengthBytes]);
    }

    /// <summary>Reads the handshake at the start of <paramref name="data"/>; what cannot become one is refused at its first wrong byte.</summary>
    public static FrameStatus TryRead(ReadOnlySpan<byte> data, out Handshake handshake, out WireError error)
    {
        handshake = default;
        error = WireError.None;
        int known = Math.Min(data.Length, PrefixBytes);
        if (!data[..known].SequenceEqual(Prefix[..known]))
        {
            error = WireError.NotBitTorrent;
            return FrameStatus.Invalid;
        }
        if (data.Length < LengthBytes)
            return FrameStatus.Incomplete;
        handshake = new Handshake(
            new InfoHash(data.Slice(InfoHashAt, InfoHash.LengthBytes)),
            new PeerId(data.Slice(PeerIdAt, PeerId.LengthBytes)),
            (ReservedBits)BinaryPrimitives.ReadUInt64BigEndian(data[ReservedAt..])
        );
        return FrameStatus.Complete;
    }
}

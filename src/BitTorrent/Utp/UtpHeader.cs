using System.Buffers.Binary;

namespace Distribution.BitTorrent.Utp;

/// <summary>The 20 bytes that each uTP packet begins with (BEP 29).</summary>
/// <param name="TimestampMicroseconds">The sender's clock as the packet left.</param>
/// <param name="DifferenceMicroseconds">The sender's clock less the timestamp of what it received last; 0: received nothing yet.</param>
/// <param name="WindowBytes">What the sender still takes.</param>
public readonly record struct UtpHeader(
    UtpPacketType Type,
    ushort ConnectionId,
    uint TimestampMicroseconds,
    uint DifferenceMicroseconds,
    uint WindowBytes,
    ushort Sequence,
    ushort Acknowledged
)
{
    public const int LengthBytes = 20;

    /// <summary>The longest selective acknowledgement that is read or written, in bytes; a bit a packet.</summary>
    public const int MaxSelectiveBytes = 128;

    private const int Version = 1;
    private const byte NoExtension = 0;
    private const byte SelectiveExtension = 1;

    /// <summary>Writes 20 bytes, or with a selective acknowledgement 22 more than it has.</summary>
    /// <param name="selective">Empty, or a multiple of four bytes.</param>
    /// <returns>Bytes written.</returns>
    public int Write(Span<byte> destination, ReadOnlySpan<byte> selective = default)
    {
        destination[0] = (byte)((int)Type << 4 | Version);
        destination[1] = selective.IsEmpty ? NoExtension : SelectiveExtension;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], ConnectionId);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], TimestampMicroseconds);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], DifferenceMicroseconds);
        BinaryPrimitives.WriteUInt32BigEndian(destination[12..], WindowBytes);
        BinaryPrimitives.WriteUInt16BigEndian(destination[16..], Sequence);
        BinaryPrimitives.WriteUInt16BigEndian(destination[18..], Acknowledged);
        if (selective.IsEmpty)
            return LengthBytes;
        destination[LengthBytes] = NoExtension;
        destination[LengthBytes + 1] = (byte)selective.Length;
        selective.CopyTo(destination[(LengthBytes + 2)..]);
        return LengthBytes + 2 + selective.Length;
    }

    /// <summary>Reads a datagram. False: it is no uTP packet, or its extensions do not fit it.</summary>
    /// <param name="selective">Of the selective acknowledgement; empty: none. Extensions that are not known are passed over.</param>
    /// <param name="payload">What lies behind header and extensions.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> datagram,
        out UtpHeader header,
        out ReadOnlySpan<byte> selective,
        out ReadOnlySpan<byte> payload
    )
    {
        header = default;
        selective = payload = default;
        if (
            datagram.Length < LengthBytes
            || (datagram[0] & 0xf) != Version
            || datagram[0] >> 4 > (int)UtpPacketType.Syn
        )
            return false;
        byte extension = datagram[1];
        int at = LengthBytes;
        while (extension != NoExtension)
        {
            if (datagram.Length < at + 2)
                return false;
            byte next = datagram[at];
            int length = datagram[at + 1];
            at += 2;
            if (datagram.Length < at + length)
                return false;
            if (extension == SelectiveExtension)
            {
                // BEP 29 wants a multiple of four; libtorrent 2.0 sends as many as it needs.
                if (length == 0)
                    return false;
                selective = datagram.Slice(at, Math.Min(length, MaxSelectiveBytes));
            }
            at += length;
            extension = next;
        }
        payload = datagram[at..];
        header = new UtpHeader(
            (UtpPacketType)(datagram[0] >> 4),
            BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(datagram[12..]),
            BinaryPrimitives.ReadUInt16BigEndian(datagram[16..]),
            BinaryPrimitives.ReadUInt16BigEndian(datagram[18..])
        );
        return true;
    }
}

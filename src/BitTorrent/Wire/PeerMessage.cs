using System.Buffers.Binary;

namespace Distribution.BitTorrent.Wire;

/// <summary>One message of the peer wire protocol, pointing into the bytes it was read from. Which fields mean something depends on <see cref="Type"/>.</summary>
public readonly ref struct PeerMessage
{
    private const int PrefixBytes = 4;

    private PeerMessage(MessageType type, BlockRequest block = default, ReadOnlySpan<byte> payload = default)
    {
        Type = type;
        Block = block;
        Payload = payload;
    }

    public MessageType Type { get; }

    /// <summary>Request, cancel, reject and piece; of have, suggest and allowed-fast the piece alone.</summary>
    public BlockRequest Block { get; }

    /// <summary>A bitfield's bytes, a piece's block, an extension message behind its id, a hash request, or an unknown message's body.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>BEP 10's message id; 0 is the extension handshake.</summary>
    public byte ExtensionId { get; private init; }

    /// <summary>
    /// Reads the frame at the start of <paramref name="data"/>. Never throws and never reads behind the frame; a wrong length is found
    /// from the first five bytes.
    /// </summary>
    /// <param name="frameBytes">The frame's whole length, as soon as four bytes are there; else 4.</param>
    public static FrameStatus TryRead(
        ReadOnlySpan<byte> data,
        in FrameLimits limits,
        out PeerMessage message,
        out int frameBytes,
        out WireError error
    )
    {
        message = default;
        error = WireError.None;
        frameBytes = PrefixBytes;
        if (data.Length < PrefixBytes)
            return FrameStatus.Incomplete;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(data);
        if (length == 0)
        {
            message = new PeerMessage(MessageType.KeepAlive);
            return FrameStatus.Complete;
        }
        if (length > LongestBody(limits))
        {
            error = WireError.FrameTooLong;
            return FrameStatus.Invalid;
        }
        frameBytes = PrefixBytes + (int)length;
        if (data.Length <= PrefixBytes)
            return FrameStatus.Incomplete;
        var type = (MessageType)data[PrefixBytes];
        error = CheckLength(type, (int)length, limits);
        if (error != WireError.None)
            return FrameStatus.Invalid;
        if (data.Length < frameBytes)
            return FrameStatus.Incomplete;
        error = ReadBody(type, data[(PrefixBytes + 1)..frameBytes], limits, out message);
        return error == WireError.None ? FrameStatus.Complete : FrameStatus.Invalid;
    }

    private static int BitfieldBytes(in FrameLimits limits) =>
        limits.PieceCount is { } pieces ? Bitfield.BytesFor(pieces) : FrameLimits.MaxBlindBitfieldBytes;

    private static long LongestBody(in FrameLimits limits) =>
        Math.Max(
            Math.Max(9L + limits.MaxBlockBytes, 1L + BitfieldBytes(limits)),
            Math.Max(limits.MaxExtendedBytes, 1 + HashRequest.LengthBytes)
        );

    private static WireError CheckLength(MessageType type, int length, in FrameLimits limits)
    {
        (int least, int most) = type switch
        {
            MessageType.Choke or MessageType.Unchoke or MessageType.Interested or MessageType.NotInterested => (1, 1),
            MessageType.HaveAll or MessageType.HaveNone => (1, 1),
            MessageType.Have or MessageType.SuggestPiece or MessageType.AllowedFast => (5, 5),
            MessageType.Request or MessageType.Cancel or MessageType.RejectRequest => (13, 13),
            MessageType.Port => (3, 3),
            MessageType.Piece => (9, 9 + limits.MaxBlockBytes),
            MessageType.Bitfield when limits.PieceCount is null => (1, 1 + BitfieldBytes(limits)),
            MessageType.Bitfield => (1 + BitfieldBytes(limits), 1 + BitfieldBytes(limits)),
            MessageType.HashRequest or MessageType.HashReject => (
                1 + HashRequest.LengthBytes,
                1 + HashRequest.LengthBytes
            ),
            MessageType.Hashes => (1 + HashRequest.LengthBytes, limits.MaxExtendedBytes),
            MessageType.Extended => (2, limits.MaxExtendedBytes),
            _ => (1, limits.MaxExtendedBytes),
        };
        if (length > most)
            return length > 13 ? WireError.FrameTooLong : WireError.WrongLength;
        return length < least ? WireError.WrongLength : WireError.None;
    }

    private static WireError ReadBody(
        MessageType type,
        ReadOnlySpan<byte> body,
        in FrameLimits limits,
        out PeerMessage message
    )
    {
        message = default;
        switch (type)
        {
            case MessageType.Have or MessageType.SuggestPiece or MessageType.AllowedFast:
            case MessageType.Request or MessageType.Cancel or MessageType.RejectRequest:
            case MessageType.Piece:
                break;
            case MessageType.Extended:
                message = new PeerMessage(type, payload: body[1..]) { ExtensionId = body[0] };
                return WireError.None;
            default:
                message = new PeerMessage(type, payload: body);
                return WireError.None;
        }

        uint piece = BinaryPrimitives.ReadUInt32BigEndian(body);
        if (piece >= (uint)(limits.PieceCount ?? int.MaxValue))
            return WireError.PieceOutOfRange;
        if (body.Length == 4)
        {
            message = new PeerMessage(type, new BlockRequest((int)piece, 0, 0));
            return WireError.None;
        }
        uint offset = BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
        ReadOnlySpan<byte> block = type == MessageType.Piece ? body[8..] : default;
        uint length = type == MessageType.Piece ? (uint)block.Length : BinaryPrimitives.ReadUInt32BigEndian(body[8..]);
        if (offset > int.MaxValue || length > int.MaxValue)
            return WireError.NumberTooLarge;
        message = new PeerMessage(type, new BlockRequest((int)piece, (int)offset, (int)length), block);
        return WireError.None;
    }
}

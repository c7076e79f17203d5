using System.Buffers;
using System.Buffers.Binary;

namespace Distribution.BitTorrent.Wire;

/// <summary>Encodes peer messages. Those of fixed size go into a span and answer the bytes written.</summary>
public static class WireWriter
{
    public const int KeepAliveBytes = 4;
    public const int SignalBytes = 5;
    public const int HaveBytes = 9;
    public const int RequestBytes = 17;

    /// <summary>What stands before a block in a piece message.</summary>
    public const int PieceHeaderBytes = 13;

    public static int WriteKeepAlive(Span<byte> destination)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination, 0);
        return KeepAliveBytes;
    }

    /// <summary>A message without a body: choke, unchoke, interested, not interested, have-all, have-none.</summary>
    public static int WriteSignal(Span<byte> destination, MessageType type)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination, 1);
        destination[4] = (byte)type;
        return SignalBytes;
    }

    /// <summary>Have, suggest or allowed-fast.</summary>
    public static int WriteHave(Span<byte> destination, int piece, MessageType type = MessageType.Have)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination, 5);
        destination[4] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(destination[5..], piece);
        return HaveBytes;
    }

    /// <summary>Request, cancel or reject.</summary>
    public static int WriteRequest(Span<byte> destination, MessageType type, BlockRequest block)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination, 13);
        destination[4] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(destination[5..], block.Piece);
        BinaryPrimitives.WriteInt32BigEndian(destination[9..], block.OffsetBytes);
        BinaryPrimitives.WriteInt32BigEndian(destination[13..], block.LengthBytes);
        return RequestBytes;
    }

    /// <summary>The start of a piece message; the block's <see cref="BlockRequest.LengthBytes"/> bytes follow.</summary>
    public static int WritePieceHeader(Span<byte> destination, BlockRequest block)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination, 9 + block.LengthBytes);
        destination[4] = (byte)MessageType.Piece;
        BinaryPrimitives.WriteInt32BigEndian(destination[5..], block.Piece);
        BinaryPrimitives.WriteInt32BigEndian(destination[9..], block.OffsetBytes);
        return PieceHeaderBytes;
    }

    public static void WriteBitfield(IBufferWriter<byte> output, Bitfield bitfield) =>
        WriteFrame(output, MessageType.Bitfield, [], bitfield.AsSpan());

    /// <summary>An extension message (BEP 10); id 0 is the extension handshake.</summary>
    public static void WriteExtended(IBufferWriter<byte> output, byte extensionId, ReadOnlySpan<byte> payload) =>
        WriteFrame(output, MessageType.Extended, [extensionId], payload);

    /// <summary>Hash request or hash reject (BEP 52).</summary>
    public static void WriteHashRequest(IBufferWriter<byte> output, MessageType type, in HashRequest request) =>
        WriteHashes(output, type, request, []);

    /// <summary>The answer to a hash request: its nodes, then their uncles from the lowest up, 32 bytes each (BEP 52).</summary>
    public static void WriteHashes(IBufferWriter<byte> output, in HashRequest request, ReadOnlySpan<byte> hashes) =>
        WriteHashes(output, MessageType.Hashes, request, hashes);

    private static void WriteHashes(
        IBufferWriter<byte> output,
        MessageType type,
        in HashRequest request,
        ReadOnlySpan<byte> hashes
    )
    {
        Span<byte> head = stackalloc byte[HashRequest.LengthBytes];
        request.Write(head);
        WriteFrame(output, type, head, hashes);
    }

    private static void WriteFrame(
        IBufferWriter<byte> output,
        MessageType type,
        ReadOnlySpan<byte> head,
        ReadOnlySpan<byte> body
    )
    {
        int length = 1 + head.Length + body.Length;
        Span<byte> span = output.GetSpan(4 + length);
        BinaryPrimitives.WriteInt32BigEndian(span, length);
        span[4] = (byte)type;
        head.CopyTo(span[5..]);
        body.CopyTo(span[(5 + head.Length)..]);
        output.Advance(4 + length);
    }
}

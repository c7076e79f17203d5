using System.Buffers.Binary;
using Distribution.BitTorrent.Wire;

namespace Distribution.EdgeSeeder.MonoTorrent;

/// <summary>
/// Follows what MonoTorrent sends, frame by frame, and tells payload from the rest: its own counters hold a block only once it is whole.
/// </summary>
internal sealed class SentFrames
{
    private const int PieceHeaderBytes = 13;
    private const int ExtensionIdAt = 5;

    private readonly byte[] _head = new byte[PieceHeaderBytes];
    private int _at = -Handshake.LengthBytes; // position in the frame; below zero: in the handshake
    private int _frameBytes;

    /// <summary>A message has left whole; of a piece or reject message with its block's piece and offset.</summary>
    public Action<MessageType, BlockRequest>? Sent { get; set; }

    public SentBytes Take(ReadOnlySpan<byte> bytes)
    {
        int payload = 0;
        int metadata = 0;
        int overhead = 0;
        while (!bytes.IsEmpty)
        {
            int count;
            if (_at < 0)
            {
                count = Math.Min(bytes.Length, -_at);
                overhead += count;
                _at += count;
                bytes = bytes[count..];
                continue;
            }
            if (_at < PieceHeaderBytes && (_at < 5 || _at < _frameBytes))
            {
                _head[_at] = bytes[0];
                count = 1;
                overhead++;
                if (_at == 3)
                    _frameBytes = 4 + (int)BinaryPrimitives.ReadUInt32BigEndian(_head);
                if (_at == ExtensionIdAt && IsMetadata)
                    (metadata, overhead) = (metadata + ExtensionIdAt + 1, overhead - ExtensionIdAt - 1);
                else if (_at > ExtensionIdAt && IsMetadata)
                    (metadata, overhead) = (metadata + 1, overhead - 1);
            }
            else
            {
                count = Math.Min(bytes.Length, _frameBytes - _at);
                if (_head[4] == (byte)MessageType.Piece)
                    payload += count;
                else if (IsMetadata)
                    metadata += count;
                else
                    overhead += count;
            }
            _at += count;
            bytes = bytes[count..];
            if (_at >= 4 && _at == _frameBytes)
                End();
        }
        return new SentBytes(payload, metadata, overhead);
    }

    private void End()
    {
        if (_frameBytes > 4)
            Sent?.Invoke((MessageType)_head[4], Block());
        _at = 0;
        _frameBytes = 0;
    }

    // An extension message with an id of the peer's answers its metadata requests: nothing else is offered here.
    private bool IsMetadata =>
        _frameBytes > ExtensionIdAt && _head[4] == (byte)MessageType.Extended && _head[ExtensionIdAt] != 0;

    private BlockRequest Block() =>
        (MessageType)_head[4] is MessageType.Piece or MessageType.RejectRequest
            ? new BlockRequest(
                (int)BinaryPrimitives.ReadUInt32BigEndian(_head.AsSpan(5)),
                (int)BinaryPrimitives.ReadUInt32BigEndian(_head.AsSpan(9)),
                0
            )
            : default;
}

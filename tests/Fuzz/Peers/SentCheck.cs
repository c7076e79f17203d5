using Distribution.BitTorrent.Wire;

namespace Distribution.Fuzz.Peers;

/// <summary>Reads what the engine sends to one peer as that peer would: every frame must be whole, of a kind that a seed sends, and true.</summary>
internal sealed class SentCheck(Func<Handshake, byte[]?> contentOf, Action<string> found)
{
    private const int PieceBytes = 32 * 1024;

    private static readonly FrameLimits Limits = new() { MaxBlockBytes = 128 * 1024 };

    private List<byte> _bytes = [];
    private byte[]? _content;
    private bool _isGreeted;

    /// <summary>Payload in piece messages, whole or not.</summary>
    public long Payload { get; private set; }

    public void Add(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    /// <summary>Looks at all that was added, and forgets it: megabytes of this check's own would look like the engine's memory.</summary>
    public void Read()
    {
        Look();
        _bytes = [];
    }

    private void Look()
    {
        ReadOnlySpan<byte> rest = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes);
        if (!_isGreeted && rest.Length > 0)
        {
            FrameStatus greeted = Handshake.TryRead(rest, out Handshake handshake, out _);
            if (greeted == FrameStatus.Invalid)
                found("no handshake");
            // A link that was full may have cut it.
            if (greeted != FrameStatus.Complete)
                return;
            _isGreeted = true;
            _content = contentOf(handshake);
            rest = rest[Handshake.LengthBytes..];
        }
        while (!rest.IsEmpty)
        {
            FrameStatus status = PeerMessage.TryRead(
                rest,
                Limits,
                out PeerMessage message,
                out int length,
                out WireError error
            );
            if (status == FrameStatus.Invalid)
            {
                found($"an invalid frame: {error}");
                return;
            }
            if (status == FrameStatus.Incomplete)
            {
                if (rest.Length > WireWriter.PieceHeaderBytes && rest[4] == (byte)MessageType.Piece)
                    Payload += rest.Length - WireWriter.PieceHeaderBytes;
                return;
            }
            Check(message);
            rest = rest[length..];
        }
    }

    private void Check(in PeerMessage message)
    {
        switch (message.Type)
        {
            case MessageType.Piece:
                Payload += message.Payload.Length;
                BlockRequest block = message.Block;
                long at = (long)block.Piece * PieceBytes + block.OffsetBytes;
                bool isTrue =
                    _content is not null
                    && at + block.LengthBytes <= _content.Length
                    && _content.AsSpan((int)at, block.LengthBytes).SequenceEqual(message.Payload);
                if (!isTrue)
                    found($"wrong bytes for {block}");
                break;
            // An audit asks for one block of what the peer shows.
            case MessageType.Request:
                long asked = (long)message.Block.Piece * PieceBytes + message.Block.OffsetBytes;
                bool isBlock = message.Block.LengthBytes is > 0 and <= BlockRequest.StandardBytes;
                if (!isBlock || _content is null || asked + message.Block.LengthBytes > _content.Length)
                    found($"asks for {message.Block}");
                break;
            case MessageType.Cancel or MessageType.HashRequest:
                found($"a seed's {message.Type}");
                break;
        }
    }
}

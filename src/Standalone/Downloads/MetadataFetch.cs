using Distribution.BitTorrent;
using Distribution.BitTorrent.Magnets;
using Distribution.BitTorrent.Metainfo;
using Distribution.BitTorrent.Wire;

namespace Distribution.Standalone.Downloads;

/// <summary>Asks one peer for the info dictionary of a magnet link (BEP 9) and checks it against the info-hash.</summary>
internal sealed class MetadataFetch(MagnetLink magnet)
{
    private const byte MetadataId = 1;
    private const int MaxMetadataBytes = 32 << 20;

    /// <summary>Unanswered requests at a time.</summary>
    private const int Depth = 4;

    private byte[]? _bytes;
    private byte _theirId;
    private int _asked;
    private int _received;

    /// <summary>What came, once <see cref="RunAsync"/> has ended; null: this peer has nothing, or something else.</summary>
    public TorrentInfo? Found { get; private set; }

    public async Task RunAsync(PeerLine line, PeerId self, CancellationToken stop)
    {
        if (await line.GreetAsync(magnet.InfoHash, self, stop) is not { } theirs)
            return;
        if (!theirs.Reserved.HasFlag(ReservedBits.Extensions))
            return;
        line.Write(output =>
        {
            var body = new System.Buffers.ArrayBufferWriter<byte>();
            new ExtensionHandshake { MetadataId = MetadataId }.Write(body);
            WireWriter.WriteExtended(output, 0, body.WrittenSpan);
        });
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task writing = line.WriteAsync(done.Token);
        // Before the metadata is known nobody knows how many pieces there are.
        await line.ReadAsync(static () => new FrameLimits(), (in message) => Handle(line, message), stop);
        await done.CancelAsync();
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private bool Handle(PeerLine line, in PeerMessage message)
    {
        if (message.Type != MessageType.Extended)
            return true;
        if (message.ExtensionId == 0)
        {
            if (!ExtensionHandshake.TryParse(message.Payload.ToArray(), out ExtensionHandshake? theirs, out _))
                return false;
            if (_bytes is not null)
                return true;
            if (theirs is not { MetadataId: > 0, MetadataSizeBytes: > 0 and <= MaxMetadataBytes and var size })
                return false;
            _theirId = theirs.MetadataId;
            _bytes = new byte[size];
            for (int request = 0; request < Depth; request++)
                AskNext(line);
            return true;
        }
        if (
            message.ExtensionId != MetadataId
            || !MetadataMessage.TryParse(message.Payload, out MetadataMessage piece, out _)
        )
            return true;
        return piece.Type switch
        {
            MetadataMessageType.Data => TakeIn(line, piece),
            MetadataMessageType.Reject => false,
            _ => true,
        };
    }

    /// <returns>False: the exchange is over.</returns>
    private bool TakeIn(PeerLine line, in MetadataMessage piece)
    {
        long start = (long)piece.Piece * MetadataMessage.PieceBytes;
        // They come in the order in which they were asked for (BEP 9 has no other way to tell one that came twice).
        if (_bytes is null || start != _received || start + piece.Data.Length > _bytes.Length)
            return false;
        piece.Data.CopyTo(_bytes.AsSpan((int)start));
        _received += piece.Data.Length;
        if (_received < _bytes.Length)
        {
            AskNext(line);
            return piece.Data.Length == MetadataMessage.PieceBytes;
        }
        if (magnet.Names(_bytes) && TorrentInfo.TryParse(_bytes, out TorrentInfo? info, out _))
            Found = info;
        return false;
    }

    private void AskNext(PeerLine line)
    {
        if ((long)_asked * MetadataMessage.PieceBytes >= _bytes!.Length)
            return;
        int piece = _asked++;
        line.Write(output =>
        {
            var body = new System.Buffers.ArrayBufferWriter<byte>();
            new MetadataMessage(MetadataMessageType.Request, piece).Write(body);
            WireWriter.WriteExtended(output, _theirId, body.WrittenSpan);
        });
    }
}

using System.Net;
using Distribution.BitTorrent.Metainfo;
using Distribution.BitTorrent.Wire;

namespace Distribution.Standalone.Downloads;

/// <summary>What goes on with one peer: asks it for pieces that are missing here, and gives it what it asks for within the limits.</summary>
internal sealed class PeerExchange(Download download, PeerLine line) : IDisposable
{
    /// <summary>Unanswered requests: 1 MiB in blocks of 16 KiB, if the peer keeps so many.</summary>
    private const int Depth = 64;

    /// <summary>A peer that takes its blocks slower than it asks for them waits.</summary>
    private const long MaxQueuedBytes = 4 << 20;

    private const int MaxRequestBytes = 128 * 1024;

    private readonly TorrentInfo _torrent = download.Torrent;
    private readonly Bitfield _theirs = new(download.Torrent.PieceCount);
    private readonly Dictionary<int, PieceClaim> _claims = [];
    private readonly HashSet<BlockRequest> _asked = [];
    private int _depth = Depth;
    private bool _choked = true;
    private bool _interested;
    private bool _theyWant;
    private bool _unchoked;
    private bool _fast;
    private bool _refused;
    private long _lastBlockAt = download.Clock.GetTimestamp();

    public ByteSource Source { get; private set; } = ByteSource.Peer;

    public IPEndPoint Remote => line.Remote;

    /// <summary>Runs until either side has had enough. The connection is closed then, and what was begun is given back.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task writing = Task.CompletedTask;
        try
        {
            if (await line.GreetAsync(_torrent.InfoHash, download.PeerId, stop) is not { } theirs)
                return;
            _fast = theirs.Reserved.HasFlag(ReservedBits.Fast);
            Source = theirs.PeerId.AsSpan().StartsWith("-DN"u8) ? ByteSource.Edge : ByteSource.Peer;
            Introduce(theirs.Reserved);
            writing = line.WriteAsync(over.Token);
            download.Join(this);
            await line.ReadAsync(
                () => new FrameLimits { PieceCount = _torrent.PieceCount },
                (in message) => HandleLocked(message),
                stop
            );
        }
        finally
        {
            download.Leave(this);
            lock (_claims)
            {
                foreach (PieceClaim claim in _claims.Values)
                    download.Picker.Abandon(claim);
                _claims.Clear();
                for (int piece = 0; piece < _theirs.Length; piece++)
                {
                    if (_theirs[piece])
                        download.Picker.CountHolder(piece, -1);
                }
            }
            await over.CancelAsync();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A piece is here now: the peer hears of it, and may have nothing left that is wanted.</summary>
    public void Tell(int piece)
    {
        line.Have(piece);
        lock (_claims)
            ShowInterest();
    }

    /// <summary>Now and then: gives up pieces of a peer that sends nothing, and asks one that had nothing before.</summary>
    public void Tick(TimeSpan slow)
    {
        lock (_claims)
        {
            if (_claims.Count > 0 && download.Clock.GetElapsedTime(_lastBlockAt) > slow)
                GiveUp();
            _refused = false;
            AskMore();
            Unchoke();
        }
    }

    public void Dispose() => line.Dispose();

    private void Introduce(ReservedBits theirs)
    {
        if (theirs.HasFlag(ReservedBits.Extensions))
            line.Write(output =>
            {
                var body = new System.Buffers.ArrayBufferWriter<byte>();
                new ExtensionHandshake
                {
                    ListenPort = download.Port,
                    RequestQueueDepth = Depth,
                    Client = "Distribution get",
                }.Write(body);
                WireWriter.WriteExtended(output, 0, body.WrittenSpan);
            });
        Bitfield have = download.Picker.Snapshot();
        if (have.Count > 0)
            line.Write(output => WireWriter.WriteBitfield(output, have));
        else if (_fast)
            line.Signal(MessageType.HaveNone);
    }

    private bool HandleLocked(in PeerMessage message)
    {
        lock (_claims)
            return Handle(message);
    }

    private bool Handle(in PeerMessage message)
    {
        switch (message.Type)
        {
            case MessageType.Choke:
                _choked = true;
                // Without BEP 6 a choke forgets all that was asked; with it, each is refused by itself.
                if (!_fast)
                    GiveUp();
                return true;
            case MessageType.Unchoke:
                _choked = false;
                _lastBlockAt = download.Clock.GetTimestamp();
                AskMore();
                return true;
            case MessageType.Interested:
                _theyWant = true;
                Unchoke();
                return true;
            case MessageType.NotInterested:
                _theyWant = false;
                return true;
            case MessageType.Have:
                TakeInHave(message.Block.Piece);
                ShowInterest();
                return true;
            case MessageType.HaveAll when _fast:
                for (int piece = 0; piece < _theirs.Length; piece++)
                    TakeInHave(piece);
                ShowInterest();
                return true;
            case MessageType.Bitfield:
                return TakeInBitfield(message.Payload);
            case MessageType.Request:
                return Serve(message.Block);
            case MessageType.Piece:
                return TakeIn(message.Block, message.Payload);
            case MessageType.RejectRequest when _fast:
                // It may have too much to do: fewer at a time, and this one again with the next tick.
                if (_asked.Remove(message.Block) && _claims.TryGetValue(message.Block.Piece, out PieceClaim? refused))
                {
                    refused.Forget(message.Block);
                    _depth = Math.Max(1, _depth / 2);
                    _refused = true;
                }
                return true;
            case MessageType.Extended when message.ExtensionId == 0:
                if (
                    ExtensionHandshake.TryParse(message.Payload.ToArray(), out ExtensionHandshake? theirs, out _)
                    && theirs!.RequestQueueDepth is > 0 and var depth
                )
                    _depth = Math.Min(Depth, depth);
                return true;
            default:
                return true;
        }
    }

    private bool TakeInBitfield(ReadOnlySpan<byte> body)
    {
        if (!Bitfield.TryParse(body, _theirs.Length, out Bitfield? shown, out _))
            return false;
        for (int piece = 0; piece < shown!.Length; piece++)
        {
            if (shown[piece])
                TakeInHave(piece);
        }
        ShowInterest();
        return true;
    }

    private void TakeInHave(int piece)
    {
        if (_theirs.Set(piece))
            download.Picker.CountHolder(piece, 1);
    }

    private void ShowInterest()
    {
        bool want = download.Picker.Wants(_theirs);
        if (want != _interested)
        {
            _interested = want;
            line.Signal(want ? MessageType.Interested : MessageType.NotInterested);
        }
        AskMore();
    }

    private void AskMore()
    {
        if (_choked || !_interested || _refused)
            return;
        while (_asked.Count < _depth)
        {
            BlockRequest? next = null;
            foreach (PieceClaim claim in _claims.Values)
                next ??= claim.Ask();
            if (next is null)
            {
                if (download.Picker.Claim(_theirs, _claims.Keys) is not { } begun)
                    return;
                _claims[begun.Piece] = begun;
                _lastBlockAt = download.Clock.GetTimestamp();
                continue;
            }
            _asked.Add(next.Value);
            line.Request(MessageType.Request, next.Value);
        }
    }

    private bool TakeIn(BlockRequest block, ReadOnlySpan<byte> data)
    {
        _asked.Remove(block);
        if (!_claims.TryGetValue(block.Piece, out PieceClaim? claim) || !claim.TryPut(block.OffsetBytes, data, Source))
        {
            // Asked for and given up meanwhile: it was late, not wrong.
            download.Figures.Wasted(data.Length);
            return true;
        }
        _lastBlockAt = download.Clock.GetTimestamp();
        download.Alive();
        if (claim.IsWhole)
        {
            _claims.Remove(block.Piece);
            _ = download.TakeInAsync(claim, this);
        }
        AskMore();
        return true;
    }

    private void GiveUp()
    {
        foreach (BlockRequest request in _asked)
            line.Request(MessageType.Cancel, request);
        _asked.Clear();
        foreach (PieceClaim claim in _claims.Values)
            download.Picker.Abandon(claim);
        _claims.Clear();
    }

    private void Unchoke()
    {
        if (_unchoked || !_theyWant || !download.TryTakeSlot(this))
            return;
        _unchoked = true;
        line.Signal(MessageType.Unchoke);
    }

    private bool Serve(BlockRequest block)
    {
        bool valid =
            block.LengthBytes is > 0 and <= MaxRequestBytes
            && block.OffsetBytes <= _torrent.PieceSizeBytes(block.Piece) - block.LengthBytes;
        if (!valid && !_fast)
            return false;
        var message = new byte[WireWriter.PieceHeaderBytes + Math.Max(0, valid ? block.LengthBytes : 0)];
        if (
            valid
            && _unchoked
            && line.QueuedBytes <= MaxQueuedBytes
            && download.Picker.Has(block.Piece)
            && download.TrySpend(block.LengthBytes)
            && download.Store.TryRead(block.Piece, block.OffsetBytes, message.AsSpan(WireWriter.PieceHeaderBytes))
        )
        {
            WireWriter.WritePieceHeader(message, block);
            line.Send(message);
            download.Figures.Uploaded(block.LengthBytes);
        }
        else if (_fast)
            line.Request(MessageType.RejectRequest, block);
        return true;
    }
}

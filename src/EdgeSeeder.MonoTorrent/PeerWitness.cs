using Distribution.BitTorrent.Wire;
using Distribution.EdgeSeeder.Seeding;

namespace Distribution.EdgeSeeder.MonoTorrent;

/// <summary>What a greeted peer shows to have, for the ledger. Written by the connection's reader alone.</summary>
internal sealed class PeerWitness(MonoSwarm swarm, PeerRecord record, bool fast, bool dialled, TimeProvider clock)
{
    private readonly ShownPieces _have = new(swarm.Files, swarm.Torrent.PieceCount);
    private long _haveBytes;
    private long _completedAt;
    private bool _known;

    public event Action? Completed;

    public PeerRecord Record => record;

    public string? Client { get; private set; }

    public int ListenPort { get; private set; }

    public long HaveBytes => Interlocked.Read(ref _haveBytes);

    /// <summary>When the peer had every piece, as a timestamp; 0: not yet.</summary>
    public long CompletedAt => Interlocked.Read(ref _completedAt);

    /// <returns>False: the message breaks the protocol.</returns>
    public bool Hear(in PeerMessage message)
    {
        switch (message.Type)
        {
            case MessageType.Bitfield:
                if (!Bitfield.TryParse(message.Payload, swarm.Torrent.PieceCount, out Bitfield? shown, out _))
                    return false;
                _have.Add(shown!);
                Show();
                return true;
            case MessageType.HaveAll when fast:
                _have.AddAll();
                Show();
                return true;
            case MessageType.Have:
                NothingYet();
                if (_have.Add(message.Block.Piece))
                    Show();
                return true;
            case MessageType.Interested or MessageType.Request:
            case MessageType.HaveNone when fast:
                NothingYet();
                return true;
            case MessageType.Extended when message.ExtensionId == 0:
                if (ExtensionHandshake.TryParse(message.Payload.ToArray(), out ExtensionHandshake? said, out _))
                    Hear(said!);
                return true;
            default:
                return true;
        }
    }

    private void Hear(ExtensionHandshake said)
    {
        Client = said.Client ?? Client;
        if (dialled || said.ListenPort == 0)
            return;
        ListenPort = said.ListenPort;
        record.SetListenPort(said.ListenPort);
    }

    // BEP 3: what it has comes first or not at all.
    private void NothingYet()
    {
        if (_known)
            return;
        _known = true;
        record.SetHave(0);
    }

    private void Show()
    {
        _known = true;
        Interlocked.Exchange(ref _haveBytes, _have.Bytes);
        record.SetHave(_have.Bytes);
        if (!_have.IsFull || CompletedAt != 0)
            return;
        Interlocked.Exchange(ref _completedAt, clock.GetTimestamp());
        Completed?.Invoke();
    }
}

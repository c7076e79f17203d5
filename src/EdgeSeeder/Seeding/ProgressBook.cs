using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Edges;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>
/// What all peers were seen to have. A closed connection's record stays, so that its end is reported and a peer that comes back goes
/// on where it was; past the capacity the oldest closed ones go, those that are reported first.
/// </summary>
internal sealed class ProgressBook(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(InfoHash, PeerId), PeerRecord> _records = [];
    private readonly LinkedList<PeerRecord> _closed = new();

    public PeerRecord Open(InfoHash infoHash, PeerId peerId, IPAddress address)
    {
        lock (_gate)
        {
            if (!_records.TryGetValue((infoHash, peerId), out PeerRecord? record))
                _records[(infoHash, peerId)] = record = new PeerRecord(infoHash, peerId, address);
            else if (record.Connections == 0)
                _closed.Remove(record);
            record.Connections++;
            return record;
        }
    }

    public void Close(PeerRecord record)
    {
        lock (_gate)
        {
            if (--record.Connections > 0)
                return;
            _closed.AddLast(record);
            if (_records.Count > capacity)
                Trim();
        }
    }

    public List<PeerProgress> Unreported(int most)
    {
        var progress = new List<PeerProgress>();
        lock (_gate)
        {
            foreach (PeerRecord record in _records.Values)
            {
                if (progress.Count == most)
                    break;
                if (record.Unreported() is { } changed)
                    progress.Add(changed);
            }
        }
        return progress;
    }

    public void Acknowledge(IReadOnlyList<PeerProgress> reported)
    {
        lock (_gate)
        {
            foreach (PeerProgress progress in reported)
            {
                var key = (InfoHash.Parse(progress.InfoHash), PeerId.Parse(progress.PeerId));
                if (_records.TryGetValue(key, out PeerRecord? record))
                    record.Acknowledge(progress);
            }
        }
    }

    // An eighth at a time, so that the walk over the closed ones is not made for each connection.
    private void Trim()
    {
        int excess = _records.Count - capacity + capacity / 8;
        foreach (PeerRecord record in _closed.OrderBy(record => record.Unreported() is not null).Take(excess).ToList())
        {
            _closed.Remove(record);
            _records.Remove((record.InfoHash, record.PeerId));
        }
    }
}

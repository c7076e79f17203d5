using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Edges;
using Distribution.EdgeSeeder.Seeding.Audits;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>What one peer id of one swarm was seen to have, over all its connections. Written by the connection, read by reports.</summary>
internal sealed class PeerRecord(InfoHash infoHash, PeerId peerId, IPAddress address)
{
    private const long Unknown = -1;

    private readonly Lock _gate = new();
    private long _firstHaveBytes = Unknown;
    private long _haveBytes;
    private int _listenPort;
    private AuditCounts _audits;
    private (long HaveBytes, int ListenPort, AuditCounts Audits) _acknowledged = (Unknown, 0, default);

    public InfoHash InfoHash { get; } = infoHash;

    public PeerId PeerId { get; } = peerId;

    /// <summary>Connections that write it; 0: it only waits to be reported.</summary>
    public int Connections { get; set; }

    public long HaveBytes
    {
        get
        {
            lock (_gate)
                return _haveBytes;
        }
    }

    /// <summary>The first value is what it held when it was first seen.</summary>
    public void SetHave(long bytes)
    {
        lock (_gate)
        {
            if (_firstHaveBytes == Unknown)
                _firstHaveBytes = bytes;
            _haveBytes = bytes;
        }
    }

    public void SetListenPort(int port)
    {
        lock (_gate)
            _listenPort = port;
    }

    /// <summary>It was asked for what it shows.</summary>
    public void Audited(AuditOutcome outcome)
    {
        lock (_gate)
            _audits = outcome switch
            {
                AuditOutcome.Confirmed => _audits with { Confirmed = _audits.Confirmed + 1 },
                AuditOutcome.Unanswered => _audits with { Unanswered = _audits.Unanswered + 1 },
                _ => _audits with { Wrong = _audits.Wrong + 1 },
            };
    }

    /// <summary>Null: nothing is known that was not acknowledged.</summary>
    public PeerProgress? Unreported()
    {
        lock (_gate)
        {
            if (_firstHaveBytes == Unknown || _acknowledged == (_haveBytes, _listenPort, _audits))
                return null;
            return new PeerProgress
            {
                InfoHash = InfoHash.ToString(),
                PeerId = PeerId.ToString(),
                Address = address.ToString(),
                ListenPort = _listenPort,
                FirstHaveBytes = _firstHaveBytes,
                HaveBytes = _haveBytes,
                Audits = _audits,
            };
        }
    }

    public void Acknowledge(PeerProgress reported)
    {
        lock (_gate)
            _acknowledged = (reported.HaveBytes, reported.ListenPort, reported.Audits);
    }
}

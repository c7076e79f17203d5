using System.Net;
using System.Security.Cryptography;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Metainfo;
using Distribution.BitTorrent.Pieces;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Metering;
using Distribution.EdgeSeeder;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Seeding.Loops;
using Distribution.EdgeSeeder.Tests.Kit;
using Distribution.Fuzz.Trackers;

namespace Distribution.Fuzz.Peers;

/// <summary>A real engine's loop, with a v1 file and a hybrid one, whose peers are scripts: no socket, no thread, a clock that moves by the input.</summary>
internal sealed class PeerWorld : IDisposable
{
    private const int PieceBytes = 32 * 1024;

    private readonly string _folder = Directory.CreateTempSubdirectory("fuzz-peers-").FullName;
    private readonly EdgeTelemetry _telemetry = new();
    private readonly SendJournal _journal;
    private readonly List<MemoryPieces> _pieces = [];
    private long _forgotten;

    public PeerWorld(Findings findings)
    {
        _journal = SendJournal.Open(Path.Combine(_folder, "sends.journal"), Clock);
        var log = new FindingsLog(findings);
        Engine = new SeedingEngine(0, new SeedingLimits { MaxUnchoked = 4 }, _journal, _telemetry, Clock, log);
        Loop = new SeedingLoop(new NoSockets(), Clock, log);
        Seed(TorrentVersions.V1, 5 * PieceBytes + 12_345);
        Seed(TorrentVersions.Hybrid, 3 * PieceBytes + 1);
        Swarms = [.. Contents.Keys];
    }

    public FuzzClock Clock { get; } = new();

    public SeedingEngine Engine { get; }

    public SeedingLoop Loop { get; }

    /// <summary>By every info-hash that a peer may name.</summary>
    public Dictionary<InfoHash, byte[]> Contents { get; } = [];

    public InfoHash[] Swarms { get; }

    /// <summary>Payload bytes in the journal.</summary>
    public long Counted =>
        _forgotten
        + _journal.Snapshot().Where(static counter => counter.Kind == SendKind.Edge).Sum(counter => counter.BytesSent);

    /// <summary>What the engine says that it sent.</summary>
    public long Sent => Engine.Snapshot().Swarms.Sum(swarm => swarm.PayloadBytesSent);

    public PeerConnection Connect(ScriptedLink link, IPAddress address)
    {
        var remote = new IPEndPoint(address, 6881);
        var peer = new PeerConnection(Engine, Loop, link, remote, Engine.Households.Enter(address)!);
        Loop.TryAdd(peer, mostUngreeted: 100);
        return peer;
    }

    /// <summary>Lets the journal's past hours go, as if they were booked.</summary>
    public void Book()
    {
        long before = Counted;
        _journal.Acknowledge(_journal.Snapshot());
        _forgotten += before - Counted;
    }

    public void Dispose()
    {
        foreach (PeerConnection peer in Loop.Connections.ToList())
            peer.Close(CloseReason.Stopped);
        _pieces.ForEach(pieces => pieces.Dispose());
        _journal.Dispose();
        _telemetry.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Seed(TorrentVersions versions, int lengthBytes)
    {
        byte[] bytes = new byte[lengthBytes];
        new Random(lengthBytes).NextBytes(bytes);
        using var hasher = new ContentHasher(PieceBytes, versions, inFolder: false);
        hasher.Append(bytes);
        if (
            !InfoEncoder.TryEncodeFile(
                "film.mp4",
                hasher.Finish(),
                versions,
                true,
                out EncodedInfo? info,
                out string? fault
            )
            || !TorrentMetainfo.TryParse(
                MetainfoFile.Encode(info, [], [], DateTimeOffset.UnixEpoch, "fuzz"),
                out TorrentMetainfo? metainfo,
                out fault
            )
        )
            throw new CryptographicException(fault);
        _pieces.Add(new MemoryPieces(bytes, PieceBytes));
        Engine.Add(metainfo, _pieces[^1]);
        Contents[metainfo.V1!.InfoHash] = bytes;
        if (metainfo.V2 is { } v2)
            Contents[v2.InfoHash.Truncate()] = bytes;
    }
}

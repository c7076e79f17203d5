using System.Net;
using Distribution.BitTorrent.Wire;
using Distribution.Contracts.Metering;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Seeding.Loops;
using Distribution.EdgeSeeder.Seeding.Rates;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Distribution.EdgeSeeder.Tests.Kit;

/// <summary>An engine's loop that a test turns by hand, with scripted peers and a clock of its own: the same each time.</summary>
internal sealed class HandLoop : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hand-loop-").FullName;
    private readonly EdgeTelemetry _telemetry = new();
    private readonly SendJournal _journal;
    private readonly MemoryPieces _pieces;
    private readonly SeedingLoop _loop;
    private readonly NoSockets _sockets = new();

    public HandLoop(TestContent content, SeedingLimits limits)
    {
        Content = content;
        _journal = SendJournal.Open(Path.Combine(_folder, "sends.journal"), Clock);
        Engine = new SeedingEngine(0, limits, _journal, _telemetry, Clock, NullLogger.Instance);
        _loop = new SeedingLoop(_sockets, Clock, NullLogger.Instance);
        _pieces = new MemoryPieces(content.Bytes, content.Torrent.PieceLengthBytes);
        Engine.Add(content.Metainfo, _pieces);
    }

    public DateTimeOffset Start { get; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>How often the loop let its sockets be.</summary>
    public int Rests => _sockets.Rests;

    public SeedingEngine Engine { get; }

    public TestContent Content { get; }

    public void Limit(long swarm, long peer) => Engine.LimitUpload(Content.InfoHash, new UploadRates(swarm, peer));

    /// <summary>A peer that is greeted and interested.</summary>
    public PeerConnection Connect(ScriptedLink link, string address)
    {
        var remote = new IPEndPoint(IPAddress.Parse(address), 5000);
        var peer = new PeerConnection(
            Engine,
            _loop,
            link,
            remote,
            Engine.Households.Enter(remote.Address) ?? throw new InvalidOperationException("No place.")
        );
        Assert.True(_loop.TryAdd(peer, mostUngreeted: 1000));
        var greeting = new byte[Handshake.LengthBytes + WireWriter.SignalBytes];
        new Handshake(Content.InfoHash, TestPeer.NewId(), ReservedBits.Fast).Write(greeting);
        WireWriter.WriteSignal(greeting.AsSpan(Handshake.LengthBytes), MessageType.Interested);
        link.Put(greeting);
        Tell(peer);
        return peer;
    }

    /// <summary>Something may be read and sent.</summary>
    public void Tell(PeerConnection peer)
    {
        peer.Happened(canRead: true, canWrite: true, hasEnded: false);
        _loop.RunOnce(maySleep: false);
    }

    /// <summary>Asks for blocks in their order, and from the first one again after the last.</summary>
    /// <param name="firstBlock">Counted from the torrent's beginning.</param>
    public byte[] Requests(long firstBlock, int count)
    {
        var frames = new byte[count * WireWriter.RequestBytes];
        int inPiece = Content.Torrent.PieceLengthBytes / BlockRequest.StandardBytes;
        for (int i = 0; i < count; i++)
        {
            var block = (int)((firstBlock + i) % (Content.Bytes.Length / BlockRequest.StandardBytes));
            WireWriter.WriteRequest(
                frames.AsSpan(i * WireWriter.RequestBytes),
                MessageType.Request,
                new BlockRequest(
                    block / inPiece,
                    block % inPiece * BlockRequest.StandardBytes,
                    BlockRequest.StandardBytes
                )
            );
        }
        return frames;
    }

    /// <summary>Asks for one block many times.</summary>
    public static byte[] Requests(int count)
    {
        var frames = new byte[count * WireWriter.RequestBytes];
        for (int at = 0; at < frames.Length; at += WireWriter.RequestBytes)
            WireWriter.WriteRequest(
                frames.AsSpan(at),
                MessageType.Request,
                new BlockRequest(0, 0, BlockRequest.StandardBytes)
            );
        return frames;
    }

    public void Turn() => _loop.RunOnce(maySleep: false);

    /// <summary>As the loop's own thread does it.</summary>
    public void TurnAndSleep() => _loop.RunOnce(maySleep: true);

    public void Tick() => _loop.Tick();

    public void Dispose()
    {
        foreach (PeerConnection peer in _loop.Connections.ToList())
            peer.Close(CloseReason.Stopped);
        _pieces.Dispose();
        _journal.Dispose();
        _telemetry.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

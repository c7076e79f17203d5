using System.Net;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Wire;
using Distribution.EdgeSeeder.Seeding;
using Distribution.EdgeSeeder.Tests.Kit;
using Distribution.Fuzz.Mutations;
using Distribution.Fuzz.Targets;

namespace Distribution.Fuzz.Peers;

/// <summary>An edge's peer connections, in process: from the first byte received to the last one sent.</summary>
internal sealed class PeerTarget : IFuzzTarget
{
    private const int MostBytes = 48 * 1024;
    private const int MostConnections = 12;

    private readonly PeerWorld _world;
    private readonly Findings _findings;
    private readonly PeerMutator _mutator;
    private readonly Draft _draft = new(MostBytes);
    private readonly Queue<(PeerConnection Peer, SentCheck Check, byte[] Input)> _open = new();
    private long _payload;

    public PeerTarget(Findings findings)
    {
        _findings = findings;
        _world = new PeerWorld(findings);
        _mutator = new PeerMutator(Corpus.Read("peers"), _world.Swarms);
    }

    public string Name => "peers";

    /// <summary>All that was sent.</summary>
    public long PayloadBytes => _payload;

    public ValueTask<int> FeedAsync(Random random)
    {
        _mutator.Make(_draft, random);
        byte[] input = _draft.Bytes.ToArray();
        var check = new SentCheck(ContentOf, what => _findings.Add(Name, what, input));
        var link = new ScriptedLink
        {
            Ends = random.Next(3) > 0,
            OnSent = check.Add,
            Room = random.Next(4) == 0 ? random.Next(100_000) : long.MaxValue,
        };
        PeerConnection peer = _world.Connect(link, new IPAddress([192, 0, 2, (byte)random.Next(40)]));
        _open.Enqueue((peer, check, input));
        // As it may come over a network: in one part or in several, and between them others have their turns.
        int parts = random.Next(3) == 0 ? 1 + random.Next(20) : 1;
        foreach (byte[] part in input.Chunk(Math.Max(1, (input.Length + parts - 1) / parts)))
        {
            link.Put(part);
            peer.Happened(canRead: true, canWrite: true, hasEnded: false);
            _world.Loop.RunOnce(maySleep: false);
        }
        if (random.Next(8) == 0)
        {
            _world.Clock.Advance(TimeSpan.FromSeconds(random.Next(40)));
            _world.Engine.Slots.Rotate();
            _world.Loop.Tick();
        }
        _world.Loop.RunOnce(maySleep: false);
        while (_open.Count > MostConnections)
            End(_open.Dequeue());
        return ValueTask.FromResult(1);
    }

    public ValueTask CheckHonestAsync()
    {
        while (_open.Count > 0)
            End(_open.Dequeue());
        _findings.Expect(
            _world.Counted == _payload && _world.Sent == _payload,
            Name,
            $"{_payload} bytes of payload were sent, {_world.Counted} are in the journal, the engine says {_world.Sent}",
            []
        );
        _world.Book();
        foreach (InfoHash swarm in _world.Swarms)
            Download(swarm);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _world.Dispose();
        return ValueTask.CompletedTask;
    }

    private byte[]? ContentOf(Handshake handshake) => _world.Contents.GetValueOrDefault(handshake.InfoHash);

    private void End((PeerConnection Peer, SentCheck Check, byte[] Input) one)
    {
        one.Peer.Close(CloseReason.Stopped);
        one.Check.Read();
        _payload += one.Check.Payload;
    }

    /// <summary>A viewer that does everything right gets every byte.</summary>
    private void Download(InfoHash swarm)
    {
        int length = _world.Contents[swarm].Length;
        var check = new SentCheck(ContentOf, what => _findings.Add(Name, $"an honest viewer got {what}", []));
        var link = new ScriptedLink { OnSent = check.Add };
        PeerConnection peer = _world.Connect(link, IPAddress.Parse("203.0.113.7"));
        var says = new List<byte>(new byte[Handshake.LengthBytes + WireWriter.SignalBytes]);
        Span<byte> greeting = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(says);
        new Handshake(swarm, PeerId.Create("-HO0001-"u8), ReservedBits.Fast).Write(greeting);
        WireWriter.WriteSignal(greeting[Handshake.LengthBytes..], MessageType.Interested);
        var frame = new byte[WireWriter.RequestBytes];
        for (int at = 0; at < length; at += BlockRequest.StandardBytes)
        {
            var block = new BlockRequest(at / 32768, at % 32768, Math.Min(BlockRequest.StandardBytes, length - at));
            WireWriter.WriteRequest(frame, MessageType.Request, block);
            says.AddRange(frame);
        }
        link.Put([.. says]);
        peer.Happened(canRead: true, canWrite: true, hasEnded: false);
        for (int i = 0; i < 8; i++)
            _world.Loop.RunOnce(maySleep: false);
        End((peer, check, []));
        _findings.Expect(check.Payload == length, Name, $"an honest viewer got {check.Payload} bytes of {length}", []);
    }
}

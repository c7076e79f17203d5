using System.Net;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Fuzz.Mutations;
using Distribution.Fuzz.Trackers;
using Distribution.Silos.Announces;
using Distribution.Silos.Swarms;

namespace Distribution.Fuzz.Targets;

/// <summary>The UDP tracker's parsers and handler, in process.</summary>
internal sealed class UdpTarget : IFuzzTarget
{
    private const int MostPacketBytes = 2048;

    private readonly FuzzTracker _tracker;
    private readonly Findings _findings;
    private readonly UdpConnectionIds _connectionIds;
    private readonly UdpTracker _udp;
    private readonly UdpMutator _mutator;
    private readonly Draft _packet = new(MostPacketBytes);
    private readonly byte[] _reply = new byte[UdpTracker.MaxReplyBytes];
    private readonly byte[] _url = new byte[MostPacketBytes];
    private IPEndPoint _source = new(IPAddress.Loopback, 1);

    public UdpTarget(FuzzTracker tracker, Findings findings)
    {
        (_tracker, _findings) = (tracker, findings);
        _connectionIds = new UdpConnectionIds(tracker.Clock, new byte[UdpConnectionIds.SecretBytes]);
        _udp = new UdpTracker(tracker, _connectionIds, tracker.Limits);
        _mutator = new UdpMutator(Corpus.Read("udp"), () => _connectionIds.Issue(_source), FuzzTracker.Crowded);
    }

    public string Name => "udp";

    public async ValueTask<int> FeedAsync(Random random)
    {
        _source = Sources.Next(random);
        _mutator.Make(_packet, random);
        int length = await _udp.AnswerAsync(_packet.Memory, _source, _reply);
        UdpReplyCheck.Check(_packet.Bytes, _reply.AsSpan(0, length), _source.Address, MayAnnounce(), _findings, Name);
        ReadOptions();
        return 1;
    }

    public async ValueTask CheckHonestAsync()
    {
        await AnnounceAsync("-HO0001-first viewer"u8.ToArray(), "192.0.2.1", 1001);
        UdpAnnounceReply? reply = await AnnounceAsync("-HO0001-other viewer"u8.ToArray(), "192.0.2.2", 1002);
        _findings.Expect(
            reply is { Seeders: 0, Leechers: 2, Peers: [{ Endpoint: var only }] }
                && only.ToString() == "192.0.2.1:1001",
            Name,
            $"an honest viewer heard {reply?.Leechers} leechers and {reply?.Peers.Count} peers",
            []
        );
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool MayAnnounce() =>
        UdpRequestHeader.TryParse(_packet.Bytes, out UdpRequestHeader header)
        && _connectionIds.IsValid(header.ConnectionId, _source);

    private void ReadOptions()
    {
        if (_packet.Length <= UdpAnnounceRequest.LengthBytes)
            return;
        ReadOnlySpan<byte> options = _packet.Bytes[UdpAnnounceRequest.LengthBytes..];
        UdpAnnounceOptions.TryReadUrl(options, _url, out int written);
        _findings.Expect(written <= options.Length, Name, "options gave more than they have", _packet.Bytes);
    }

    private async ValueTask<UdpAnnounceReply?> AnnounceAsync(byte[] peerId, string address, ushort port)
    {
        var from = new IPEndPoint(IPAddress.Parse(address), 5000);
        var packet = new byte[UdpAnnounceRequest.LengthBytes];
        new UdpConnectRequest(1).Write(packet);
        int length = await _udp.AnswerAsync(packet.AsMemory(0, UdpConnectRequest.LengthBytes), from, _reply);
        if (!UdpConnectReply.TryParse(_reply.AsSpan(0, length), out UdpConnectReply connected))
            return null;
        new UdpAnnounceRequest(
            connected.ConnectionId,
            2,
            FuzzTracker.Quiet,
            new PeerId(peerId),
            0,
            1_000_000,
            0,
            TrackerEvent.None,
            0,
            Swarm.DefaultNumWant,
            port
        ).Write(packet);
        length = await _udp.AnswerAsync(packet, from, _reply);
        return UdpAnnounceReply.TryParse(_reply.AsSpan(0, length), isIPv6: false, out UdpAnnounceReply? reply)
            ? reply
            : null;
    }
}

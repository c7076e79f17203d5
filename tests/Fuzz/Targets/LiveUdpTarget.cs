using System.Net.Sockets;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Trackers;
using Distribution.Fuzz.Mutations;
using Distribution.Fuzz.Trackers;
using Distribution.Silos.Swarms;

namespace Distribution.Fuzz.Targets;

/// <summary>A real silo's UDP socket: packets in bursts, with an honest client's between them.</summary>
internal sealed class LiveUdpTarget : IFuzzTarget
{
    private const int Burst = 32;
    private const int Attempts = 10;
    private const int PatienceMilliseconds = 3_000;

    private readonly Findings _findings;
    private readonly Socket _hostile = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket _honest = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly UdpMutator _mutator;
    private readonly Draft _packet = new(2048);
    private readonly byte[] _reply = new byte[4096];
    private ulong _connectionId;
    private uint _transaction;

    public LiveUdpTarget(LiveTracker tracker, Findings findings)
    {
        _findings = findings;
        _hostile.Connect(tracker.Udp);
        _honest.Connect(tracker.Udp);
        // Both come from one address, so one's connection id is the other's.
        _mutator = new UdpMutator(Corpus.Read("udp"), () => _connectionId, FuzzTracker.Crowded);
    }

    public string Name => "udp socket";

    public async ValueTask<int> FeedAsync(Random random)
    {
        for (int i = 0; i < Burst; i++)
        {
            _mutator.Make(_packet, random);
            await _hostile.SendAsync(_packet.Memory, SocketFlags.None);
        }
        while (_hostile.Available > 0)
        {
            int length = await _hostile.ReceiveAsync(_reply, SocketFlags.None);
            _findings.Expect(
                UdpReplyHeader.TryParse(_reply.AsSpan(0, length), out UdpReplyHeader header)
                    && header.Action is >= UdpTrackerAction.Connect and <= UdpTrackerAction.Error
                    && length <= Silos.Announces.UdpTracker.MaxReplyBytes,
                Name,
                $"a reply of {length} bytes that no client reads",
                _reply.AsSpan(0, length)
            );
        }
        return Burst;
    }

    public async ValueTask CheckHonestAsync()
    {
        byte[] connected = await CallAsync(new UdpConnectRequest(++_transaction).Write);
        if (UdpConnectReply.TryParse(connected, out UdpConnectReply connection))
            _connectionId = connection.ConnectionId;
        byte[] announced = await CallAsync(
            new UdpAnnounceRequest(
                _connectionId,
                ++_transaction,
                FuzzTracker.Quiet,
                new PeerId("-HO0001-honest of ud"u8[..PeerId.LengthBytes]),
                0,
                1_000_000,
                0,
                TrackerEvent.None,
                0,
                Swarm.DefaultNumWant,
                2001
            ).Write
        );
        _findings.Expect(
            UdpAnnounceReply.TryParse(announced, isIPv6: false, out UdpAnnounceReply? reply) && reply!.Leechers >= 1,
            Name,
            "an honest viewer was not answered",
            announced
        );
    }

    public ValueTask DisposeAsync()
    {
        _hostile.Dispose();
        _honest.Dispose();
        return ValueTask.CompletedTask;
    }

    private delegate int Writer(Span<byte> destination);

    /// <summary>As clients do, again where nothing comes; empty: nothing came.</summary>
    private async Task<byte[]> CallAsync(Writer write)
    {
        var packet = new byte[128];
        int length = write(packet);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            await _honest.SendAsync(packet.AsMemory(0, length), SocketFlags.None);
            using var patience = new CancellationTokenSource(PatienceMilliseconds);
            try
            {
                while (true)
                {
                    int received = await _honest.ReceiveAsync(_reply, SocketFlags.None, patience.Token);
                    byte[] reply = _reply[..received];
                    if (
                        UdpReplyHeader.TryParse(reply, out UdpReplyHeader header)
                        && header.TransactionId == _transaction
                    )
                        return reply;
                }
            }
            catch (OperationCanceledException) { }
        }
        return [];
    }
}

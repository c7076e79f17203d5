using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Cluster;

/// <summary>A viewer's UDP socket (BEP 15), which asks one server after the other with one connection id.</summary>
internal sealed class UdpAnnounces : IDisposable
{
    private const ulong Magic = 0x41727101980;

    /// <summary>As long as a client waits before it asks again, or another tracker.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private uint _transaction = (uint)Random.Shared.Next();
    private ulong _connection;

    public UdpAnnounces() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public void Dispose() => _socket.Dispose();

    /// <summary>Gets a connection id.</summary>
    public async Task ConnectAsync(DistributionServer server)
    {
        byte[]? reply = null;
        await Wait.UntilAsync(
            async () =>
            {
                var packet = new byte[16];
                BinaryPrimitives.WriteUInt64BigEndian(packet, Magic);
                reply = await AskAsync(server, packet);
                return reply is not null;
            },
            TimeSpan.FromSeconds(60),
            "the UDP tracker answers a connect"
        );
        Assert.Equal(0u, BinaryPrimitives.ReadUInt32BigEndian(reply));
        _connection = BinaryPrimitives.ReadUInt64BigEndian(reply.AsSpan(8));
    }

    /// <summary>Null: no answer came.</summary>
    public async Task<Announced?> AnnounceAsync(DistributionServer server, string infoHash, int port, long left)
    {
        var packet = new byte[98];
        BinaryPrimitives.WriteUInt64BigEndian(packet, _connection);
        packet[11] = 1;
        Convert.FromHexString(infoHash).CopyTo(packet.AsSpan(16));
        Encoding.ASCII.GetBytes(HttpAnnounces.PeerId(port)).CopyTo(packet.AsSpan(36));
        BinaryPrimitives.WriteInt64BigEndian(packet.AsSpan(64), left);
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(92), -1);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(96), (ushort)port);
        if (await AskAsync(server, packet) is not { } reply)
            return null;
        return BinaryPrimitives.ReadUInt32BigEndian(reply) == 1
            ? new Announced(
                null,
                [
                    .. reply[20..]
                        .Chunk(6)
                        .Select(static peer => (int)BinaryPrimitives.ReadUInt16BigEndian(peer.AsSpan(4))),
                ]
            )
            : new Announced(Encoding.ASCII.GetString(reply.AsSpan(8)), []);
    }

    private async Task<byte[]?> AskAsync(DistributionServer server, byte[] packet)
    {
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(12), ++_transaction);
        await _socket.SendToAsync(packet, new IPEndPoint(IPAddress.Loopback, server.UdpPort));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                int length = await _socket.ReceiveAsync(buffer, SocketFlags.None, limit.Token);
                // An answer that comes late belongs to a question given up.
                if (length >= 8 && BinaryPrimitives.ReadUInt32BigEndian(buffer.AsSpan(4)) == _transaction)
                    return buffer[..length];
            }
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (SocketException)
        {
            // Nobody listens there any more.
            return null;
        }
    }
}

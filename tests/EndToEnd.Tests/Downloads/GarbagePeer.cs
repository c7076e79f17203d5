using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Downloads;

/// <summary>A peer that announces itself as a seed, claims every piece, and answers each request with bytes that are not the file's.</summary>
internal sealed class GarbagePeer : IAsyncDisposable
{
    private const int HandshakeBytes = 68;
    private const byte Unchoke = 1;
    private const byte Request = 6;
    private const byte Piece = 7;
    private const byte HaveAll = 14;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly byte[] _infoHash;
    private Task _accepting = Task.CompletedTask;
    private int _blocksSent;

    private GarbagePeer(string infoHash) => _infoHash = Convert.FromHexString(infoHash);

    public int BlocksSent => Volatile.Read(ref _blocksSent);

    public static async Task<GarbagePeer> StartAsync(DistributionServer server, PublishedVideo video)
    {
        var peer = new GarbagePeer(video.InfoHash);
        peer._listener.Start();
        peer._accepting = peer.AcceptAsync();
        int port = ((IPEndPoint)peer._listener.LocalEndpoint).Port;
        string hash = string.Concat(
            peer._infoHash.Select(one => string.Create(CultureInfo.InvariantCulture, $"%{one:x2}"))
        );
        string query = string.Create(
            CultureInfo.InvariantCulture,
            $"/announce?info_hash={hash}&peer_id=-XX0000-garbagegarba&port={port}&uploaded=0&downloaded=0&left=0&compact=1&event=started"
        );
        using HttpResponseMessage announced = await server.Http.GetAsync(query, TestContext.Current.CancellationToken);
        announced.EnsureSuccessStatusCode();
        return peer;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client = await _listener.AcceptTcpClientAsync(_stopping.Token);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                var greeting = new byte[HandshakeBytes];
                await stream.ReadExactlyAsync(greeting, _stopping.Token);
                "-XX0000-garbagegarba"u8.CopyTo(greeting.AsSpan(48));
                await stream.WriteAsync(greeting, _stopping.Token);
                await stream.WriteAsync(new byte[] { 0, 0, 0, 1, HaveAll, 0, 0, 0, 1, Unchoke }, _stopping.Token);
                var head = new byte[4];
                while (true)
                {
                    await stream.ReadExactlyAsync(head, _stopping.Token);
                    var body = new byte[BinaryPrimitives.ReadInt32BigEndian(head)];
                    await stream.ReadExactlyAsync(body, _stopping.Token);
                    if (body.Length == 13 && body[0] == Request)
                        await stream.WriteAsync(Garbage(body), _stopping.Token);
                }
            }
            catch (Exception fault) when (fault is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The other side has had enough.
            }
        }
    }

    private byte[] Garbage(byte[] request)
    {
        int length = BinaryPrimitives.ReadInt32BigEndian(request.AsSpan(9));
        var message = new byte[13 + length];
        BinaryPrimitives.WriteInt32BigEndian(message, 9 + length);
        message[4] = Piece;
        request.AsSpan(1, 8).CopyTo(message.AsSpan(5));
        Interlocked.Increment(ref _blocksSent);
        return message;
    }
}

using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>A bare connection, for saying what no good BitTorrent (BEP 3) or HTTP client says.</summary>
internal sealed class RawConnection : IDisposable
{
    public const int HandshakeBytes = 68;

    private const byte ExtendedMessage = 20;

    private readonly TcpClient _tcp = new();

    public static async Task<RawConnection> OpenAsync(int port)
    {
        var connection = new RawConnection();
        await connection._tcp.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        return connection;
    }

    /// <summary>Sends a handshake that offers extensions (BEP 10).</summary>
    public async Task HandshakeAsync(string infoHash)
    {
        byte[] handshake = new byte[HandshakeBytes];
        handshake[0] = 19;
        Encoding.ASCII.GetBytes("BitTorrent protocol", handshake.AsSpan(1));
        handshake[25] = 0x10;
        Convert.FromHexString(infoHash).CopyTo(handshake, 28);
        Encoding.ASCII.GetBytes("-XX0001-" + Guid.NewGuid().ToString("N")[..12], handshake.AsSpan(48));
        await SendAsync(handshake);
    }

    /// <summary>An extended message: length, 20, its number, the payload.</summary>
    public async Task SendExtendedAsync(byte number, byte[] payload)
    {
        byte[] message = new byte[6 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, 2 + payload.Length);
        message[4] = ExtendedMessage;
        message[5] = number;
        payload.CopyTo(message, 6);
        await SendAsync(message);
    }

    public async Task SendAsync(byte[] bytes) =>
        await _tcp.GetStream().WriteAsync(bytes, TestContext.Current.CancellationToken);

    /// <summary>How many of <paramref name="wanted"/> bytes come before the other side closes or resets.</summary>
    public async Task<int> ReceiveAsync(int wanted, TimeSpan limit)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(limit);
        byte[] buffer = new byte[wanted];
        int got = 0;
        try
        {
            while (got < wanted)
            {
                int read = await _tcp.GetStream().ReadAsync(buffer.AsMemory(got), end.Token);
                if (read == 0)
                    break;
                got += read;
            }
        }
        catch (IOException)
        {
            // Reset: nothing more comes.
        }
        return got;
    }

    /// <summary>Ends our half, and reads until the other side ends its own.</summary>
    public async Task EndSendingAsync(TimeSpan limit)
    {
        NetworkStream stream = _tcp.GetStream();
        stream.Socket.Shutdown(SocketShutdown.Send);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(limit);
        try
        {
            await stream.CopyToAsync(Stream.Null, end.Token);
        }
        catch (IOException)
        {
            // Reset: an end, too.
        }
    }

    public void Dispose() => _tcp.Dispose();
}

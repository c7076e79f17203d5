using System.Net;
using System.Net.Sockets;
using Distribution.BitTorrent.Utp;

namespace Distribution.EdgeSeeder.Tests.Kit;

/// <summary>A viewer's end of a uTP connection over a real socket, for one thread.</summary>
internal sealed class UtpClient : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly UtpConnection _connection;
    private readonly List<ReadOnlyMemory<byte>> _packets = [];
    private readonly byte[] _datagram = new byte[2048];
    private readonly IPEndPoint _edge;
    private readonly Random? _loss;

    /// <param name="loss">Of packets in each direction a tenth is lost.</param>
    public UtpClient(int port, ushort id = 77, Random? loss = null)
    {
        _edge = new IPEndPoint(IPAddress.Loopback, port);
        _loss = loss;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.ReceiveBufferSize = 1 << 20;
        _connection = UtpConnection.Connect(id, new UtpLimits { ReceiveWindowBytes = 256 * 1024 }, Now);
        Transmit();
    }

    public long BytesRead { get; private set; }

    private static long Now => (long)TimeProvider.System.GetElapsedTime(0).TotalMicroseconds;

    public async Task SendAsync(byte[] bytes)
    {
        int at = 0;
        await UntilAsync(() =>
        {
            at += _connection.Write(bytes.AsSpan(at));
            return at == bytes.Length;
        });
    }

    public async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        int at = 0;
        await UntilAsync(() =>
        {
            int read = _connection.Read(bytes.AsSpan(at));
            at += read;
            BytesRead += read;
            return at == count;
        });
        return bytes;
    }

    /// <summary>Reads until the other side has ended.</summary>
    public async Task ReadToEndAsync()
    {
        var rest = new byte[64 * 1024];
        await UntilAsync(() =>
        {
            BytesRead += _connection.Read(rest);
            return _connection.HasEnded || _connection.End != UtpEnd.None;
        });
    }

    public void Dispose()
    {
        _connection.Close(Now);
        Transmit();
        _connection.Free();
        _socket.Dispose();
    }

    private async Task UntilAsync(Func<bool> isDone)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!isDone())
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(started) < _patience,
                $"uTP stands still: {_connection.End}"
            );
            Transmit();
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
            try
            {
                SocketReceiveFromResult result = await _socket.ReceiveFromAsync(_datagram, _edge, soon.Token);
                Take(_datagram.AsSpan(0, result.ReceivedBytes));
            }
            catch (OperationCanceledException)
            {
                // Time-outs are looked at.
            }
            _connection.CheckTimes(Now);
        }
        Transmit();
    }

    private void Take(ReadOnlySpan<byte> datagram)
    {
        if (
            !IsLost()
            && UtpHeader.TryRead(datagram, out UtpHeader header, out ReadOnlySpan<byte> selective, out var payload)
        )
            _connection.Receive(header, selective, payload, Now);
    }

    private void Transmit()
    {
        _packets.Clear();
        _connection.Collect(_packets, 256, Now);
        foreach (ReadOnlyMemory<byte> packet in _packets)
        {
            if (!IsLost())
                _socket.SendTo(packet.Span, SocketFlags.None, _edge);
        }
        _connection.Commit(_packets.Count, Now);
    }

    private bool IsLost() => _loss?.Next(10) == 0;
}

using System.Net;
using System.Net.Sockets;

namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>
/// A TCP proxy that slows what goes to the server and can cut every connection: it makes a fast loopback behave like an uplink, so that a test
/// can act in the middle of an upload.
/// </summary>
internal sealed class ThrottlingProxy : IAsyncDisposable
{
    private const int BlockBytes = 64 * 1024;

    private readonly TcpListener _listener;
    private readonly int _serverPort;
    private readonly bool _slowsAnswers;
    private readonly CancellationTokenSource _end = new();
    private readonly HashSet<Socket> _open = [];
    private readonly Task _accepting;
    private long _bytesToServer;
    private volatile bool _isDown;

    /// <param name="slowsAnswers">True: what comes from the server is slowed instead, and is what is counted.</param>
    public ThrottlingProxy(int port, int serverPort, double bytesPerSecond, bool slowsAnswers = false)
    {
        _slowsAnswers = slowsAnswers;
        _serverPort = serverPort;
        BytesPerSecond = bytesPerSecond;
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Of each connection, from its next block on.</summary>
    public double BytesPerSecond { get; set; }

    /// <summary>All that the server took, over all connections.</summary>
    public long BytesToServer => Interlocked.Read(ref _bytesToServer);

    /// <summary>Resets every connection, as a lost network does.</summary>
    public void CutAll()
    {
        lock (_open)
        {
            foreach (Socket socket in _open)
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
            }
            _open.Clear();
        }
    }

    /// <summary>Cuts every connection and takes no more of them, as a network that is gone; until <see cref="Restore"/>.</summary>
    public void GoDown()
    {
        _isDown = true;
        CutAll();
    }

    /// <summary>The network is back.</summary>
    public void Restore() => _isDown = false;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        CutAll();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync(_end.Token);
                if (_isDown)
                {
                    client.LingerState = new LingerOption(true, 0);
                    client.Dispose();
                    continue;
                }
                _ = RelayAsync(client);
            }
        }
        catch (OperationCanceledException) { }
    }

    private async Task RelayAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            lock (_open)
            {
                _open.Add(client);
                _open.Add(server);
            }
            // It came in while the network went.
            if (_isDown)
                return;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _serverPort, _end.Token);
                await Task.WhenAny(CopyAsync(client, server, !_slowsAnswers), CopyAsync(server, client, _slowsAnswers));
            }
            catch (Exception fault)
                when (fault is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // The server is down, or the test cut the connection: the client sees it end.
            }
            lock (_open)
            {
                _open.Remove(client);
                _open.Remove(server);
            }
        }
    }

    private async Task CopyAsync(Socket from, Socket to, bool isSlow)
    {
        byte[] block = new byte[BlockBytes];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(block, _end.Token)) > 0)
            {
                await to.SendAsync(block.AsMemory(0, read), _end.Token);
                if (!isSlow)
                    continue;
                Interlocked.Add(ref _bytesToServer, read);
                await Task.Delay(TimeSpan.FromSeconds(read / BytesPerSecond), _end.Token);
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // As above.
        }
    }
}

using System.Net;
using System.Net.Sockets;

namespace Distribution.EdgeSeeder.Seeding.Loops;

/// <summary>For systems without epoll: asks after all sockets each time.</summary>
internal sealed class SelectPoller : ISocketPoller
{
    private readonly Dictionary<Socket, IWatched> _watched = [];
    private readonly Socket _wake = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly List<Socket> _readable = [];
    private readonly List<Socket> _writable = [];
    private readonly List<Socket> _failed = [];
    private readonly byte[] _taken = new byte[16];
    private int _isWoken;

    public SelectPoller()
    {
        _wake.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _wake.Connect(_wake.LocalEndPoint!);
    }

    public bool TryAdd(Socket socket, IWatched watched)
    {
        _watched[socket] = watched;
        return true;
    }

    public void Remove(Socket socket) => _watched.Remove(socket);

    public void Wait(int milliseconds)
    {
        Refill(_readable, static watched => watched.WaitsToRead);
        Refill(_writable, static watched => watched.WaitsToWrite);
        Refill(_failed, static watched => watched.WaitsToWrite);
        _readable.Add(_wake);
        Socket.Select(_readable, _writable, _failed, milliseconds < 0 ? -1 : milliseconds * 1000);
        if (_readable.Remove(_wake))
        {
            _wake.Receive(_taken);
            Interlocked.Exchange(ref _isWoken, 0);
        }
        HashSet<Socket> readable = [.. _readable];
        HashSet<Socket> writable = [.. _writable, .. _failed];
        foreach (Socket socket in readable.Union(writable))
        {
            if (_watched.TryGetValue(socket, out IWatched? watched))
                watched.Happened(readable.Contains(socket), writable.Contains(socket), hasEnded: false);
        }
    }

    public void Rest(int milliseconds) => _wake.Poll(milliseconds * 1000, SelectMode.SelectRead);

    public void Wake()
    {
        if (Interlocked.Exchange(ref _isWoken, 1) == 0)
            _wake.Send([1]);
    }

    public void Dispose() => _wake.Dispose();

    private void Refill(List<Socket> list, Func<IWatched, bool> isWanted)
    {
        list.Clear();
        foreach ((Socket socket, IWatched watched) in _watched)
        {
            if (isWanted(watched))
                list.Add(socket);
        }
    }
}

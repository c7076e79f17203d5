using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using Distribution.Silos.Ledgers;

namespace Distribution.Silos.Announces.Browsers;

/// <summary>The sockets to browsers of this process, by number. Any thread.</summary>
internal sealed class BrowserSockets(BrowserTrackerOptions options) : IBrowserGateway
{
    private readonly ConcurrentDictionary<long, BrowserSocket> _sockets = new();
    private readonly Dictionary<string, int> _perAddress = [];
    private readonly Lock _counts = new();
    private int _all;
    private long _lastNumber;

    public int Count => _sockets.Count;

    /// <summary>Takes room for a socket of this address, to be given back by <see cref="Release"/>; false: there is none.</summary>
    public bool TryReserve(IPAddress address)
    {
        string account = AccountAddress.Of(address);
        lock (_counts)
        {
            int own = _perAddress.GetValueOrDefault(account);
            if (_all >= options.MaxSockets || own >= options.MaxSocketsPerAddress)
                return false;
            _all++;
            _perAddress[account] = own + 1;
            return true;
        }
    }

    public void Release(IPAddress address)
    {
        string account = AccountAddress.Of(address);
        lock (_counts)
        {
            _all--;
            if (--_perAddress[account] == 0)
                _perAddress.Remove(account);
        }
    }

    public BrowserSocket Add(WebSocket socket)
    {
        var added = new BrowserSocket(Interlocked.Increment(ref _lastNumber), socket, options.MaxUnsentBytes);
        _sockets[added.Number] = added;
        return added;
    }

    public void Remove(BrowserSocket socket) => _sockets.TryRemove(socket.Number, out _);

    public void Deliver(long socket, byte[] message)
    {
        if (_sockets.TryGetValue(socket, out BrowserSocket? open))
            open.TrySend(message);
    }

    public ValueTask DeliverAsync(long socket, byte[] message)
    {
        Deliver(socket, message);
        return ValueTask.CompletedTask;
    }
}

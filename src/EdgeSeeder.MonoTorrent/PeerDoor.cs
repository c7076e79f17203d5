using System.Net;
using MonoTorrent.Connections;
using MonoTorrent.Connections.Peer;

namespace Distribution.EdgeSeeder.MonoTorrent;

/// <summary>Where our connections enter MonoTorrent, which believes that it listens here. The engine owns the listening socket.</summary>
internal sealed class PeerDoor : IPeerConnectionListener
{
    public event EventHandler<PeerConnectionEventArgs>? ConnectionReceived;

    public event EventHandler<EventArgs>? StatusChanged;

    public IPEndPoint? LocalEndPoint { get; set; }

    public IPEndPoint PreferredLocalEndPoint => LocalEndPoint ?? new IPEndPoint(IPAddress.Any, 0);

    public ListenerStatus Status { get; private set; } = ListenerStatus.NotListening;

    /// <summary>MonoTorrent greets the peer, of its own accord or for a torrent that it was dialled for.</summary>
    public void Enter(MonoConnection connection)
    {
        global::MonoTorrent.InfoHash? name = connection.Swarm?.Manager.InfoHashes.V1OrV2;
        ConnectionReceived?.Invoke(this, new PeerConnectionEventArgs(connection, name));
    }

    public void Start() => Become(ListenerStatus.Listening);

    public void Stop() => Become(ListenerStatus.NotListening);

    private void Become(ListenerStatus status)
    {
        Status = status;
        StatusChanged?.Invoke(this, EventArgs.Empty);
    }
}

using System.Net.Sockets;
using Distribution.BitTorrent;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>Dials what is due in the swarms' lists, a bounded number at a time.</summary>
internal sealed class Dialler(SeedingEngine engine)
{
    private int _dialling;

    public void DialDue(SeedSwarm swarm)
    {
        int free = engine.Limits.MaxDialling - Volatile.Read(ref _dialling);
        if (free <= 0)
            return;
        HashSet<System.Net.IPEndPoint>? connected = null;
        List<DialTarget> due = swarm.Dials.TakeDue(
            free,
            endpoint => (connected ??= swarm.ConnectedEndpoints()).Contains(endpoint),
            swarm.IsConnected
        );
        foreach (DialTarget target in due)
        {
            Interlocked.Increment(ref _dialling);
            _ = Task.Run(() => DialAsync(swarm, target));
        }
    }

    private async Task DialAsync(SeedSwarm swarm, DialTarget target)
    {
        Socket? socket = await ConnectAsync(target);
        Interlocked.Decrement(ref _dialling);
        long connectedAt = engine.Clock.GetTimestamp();
        (CloseReason reason, PeerId? peer) = (CloseReason.Unreachable, null);
        if (socket is not null)
            (reason, peer) = await engine.RunAsync(socket, target.Endpoint, swarm, target.ByOtherName);
        swarm.Dials.Ended(target, reason, peer, engine.Clock.GetElapsedTime(connectedAt));
    }

    private async Task<Socket?> ConnectAsync(DialTarget target)
    {
        var socket = new Socket(target.Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            using var timeout = new CancellationTokenSource(engine.Limits.DialTimeout, engine.Clock);
            await socket.ConnectAsync(target.Endpoint, timeout.Token);
            return socket;
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            return null;
        }
    }
}

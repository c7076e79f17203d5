using System.Net;
using System.Net.Sockets;
using Distribution.EdgeSeeder.Seeding.Admission;
using Distribution.EdgeSeeder.Seeding.Loops;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>Dials what is due in the swarms' lists, a bounded number at a time.</summary>
internal sealed class Dialler(SeedingEngine engine, Entrance entrance)
{
    private int _dialling;

    public void DialDue(SeedSwarm swarm)
    {
        int free = engine.Limits.MaxDialling - Volatile.Read(ref _dialling);
        if (free <= 0)
            return;
        HashSet<IPEndPoint>? connected = null;
        List<DialTarget> due = swarm.Dials.TakeDue(
            free,
            endpoint => (connected ??= swarm.ConnectedEndpoints()).Contains(endpoint),
            swarm.IsConnected
        );
        foreach (DialTarget target in due)
        {
            if (engine.Households.Enter(target.Endpoint.Address) is not { } household)
            {
                swarm.Dials.Ended(target, CloseReason.Stopped, null, TimeSpan.Zero);
                continue;
            }
            Interlocked.Increment(ref _dialling);
            SeedingLoop loop = entrance.LoopOf(household);
            if (!loop.Post(() => Dial(loop, household, swarm, target)))
                Fail(household, swarm, target);
        }
    }

    private void Dial(SeedingLoop loop, Household household, SeedSwarm swarm, DialTarget target)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(target.Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            {
                Blocking = false,
            };
            Connect(socket, target.Endpoint);
            TimeSpan patience = engine.Limits.DialTimeout;
            if (loop.TryWatch(new DialAttempt(socket, swarm, target, household, loop, patience, engine.Clock, Ended)))
                return;
        }
        catch (SocketException)
        {
            // No way there, or no descriptor left.
        }
        socket?.Dispose();
        Fail(household, swarm, target);
    }

    private static void Connect(Socket socket, IPEndPoint endpoint)
    {
        try
        {
            socket.Connect(endpoint);
        }
        catch (SocketException fault) when (fault.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // Its readiness will tell.
        }
    }

    private void Ended(DialAttempt attempt, SocketError how)
    {
        if (how == SocketError.Success && TryBegin(attempt))
        {
            Interlocked.Decrement(ref _dialling);
            return;
        }
        attempt.Socket.Dispose();
        Fail(attempt.Household, attempt.Swarm, attempt.Target);
    }

    private bool TryBegin(DialAttempt attempt)
    {
        try
        {
            PeerConnection? connection = entrance.TryOpen(
                attempt.Loop,
                attempt.Household,
                attempt.Socket,
                attempt.Target.Endpoint,
                attempt.Swarm,
                attempt.Target
            );
            connection?.Connected();
            return connection is not null;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Fail(Household household, SeedSwarm swarm, DialTarget target)
    {
        Interlocked.Decrement(ref _dialling);
        engine.Households.Leave(household);
        swarm.Dials.Ended(target, CloseReason.Unreachable, null, TimeSpan.Zero);
    }
}

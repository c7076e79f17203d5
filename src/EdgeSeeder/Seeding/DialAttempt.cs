using System.Net.Sockets;
using Distribution.EdgeSeeder.Seeding.Admission;
using Distribution.EdgeSeeder.Seeding.Loops;

namespace Distribution.EdgeSeeder.Seeding;

/// <summary>A call that nobody has answered yet. Its loop's thread alone.</summary>
/// <param name="ended">Hears once how it ended; with Success the socket is connected, else it is closed.</param>
internal sealed class DialAttempt(
    Socket socket,
    SeedSwarm swarm,
    DialTarget target,
    Household household,
    SeedingLoop loop,
    TimeSpan patience,
    TimeProvider clock,
    Action<DialAttempt, SocketError> ended
) : IWatched
{
    private readonly long _startedAt = clock.GetTimestamp();

    public Socket Socket { get; } = socket;

    public SeedSwarm Swarm { get; } = swarm;

    public DialTarget Target { get; } = target;

    public Household Household { get; } = household;

    public SeedingLoop Loop { get; } = loop;

    public bool WaitsToRead => false;

    public bool WaitsToWrite => true;

    public void Happened(bool canRead, bool canWrite, bool hasEnded)
    {
        if (canWrite)
            End((SocketError)(int)Socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!);
    }

    /// <summary>Called every tick.</summary>
    public void CheckTimes()
    {
        if (clock.GetElapsedTime(_startedAt) > patience)
            End(SocketError.TimedOut);
    }

    public void End(SocketError how)
    {
        Loop.Unwatch(this);
        ended(this, how);
    }
}

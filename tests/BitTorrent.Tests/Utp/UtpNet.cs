using Distribution.BitTorrent.Utp;

namespace Distribution.BitTorrent.Tests.Utp;

/// <summary>Two ends and the two ways between them, with a queue and faults of their own.</summary>
internal sealed class UtpNet
{
    private int _down;
    private int _up;

    public UtpNet(
        int seed,
        PathFaults faults,
        long bytesPerSecond,
        long delay,
        int queueBytes,
        int receiveWindow = 512 * 1024
    )
    {
        var random = new Random(seed);
        Down = new SimulatedPath(Time, bytesPerSecond, delay, queueBytes, faults, random);
        var up = new SimulatedPath(Time, bytesPerSecond, delay, queueBytes, faults, random);
        var limits = new UtpLimits();
        // Two clocks that nobody has set: one wraps in the middle of the test.
        Server = new UtpHost(Time, Down, uint.MaxValue - 7 * 1_000_000L, limits);
        Client = new UtpHost(Time, up, 12_345_678, limits with { ReceiveWindowBytes = receiveWindow });
        Server.Other = Client;
        Client.Other = Server;
        Client.Connect();
    }

    public SimulatedTime Time { get; } = new();

    public SimulatedPath Down { get; }

    public UtpHost Server { get; }

    public UtpHost Client { get; }

    public Func<int, bool> LoseDown
    {
        set => Down.Loses = _ => value(_down++);
    }

    public Func<int, bool> LoseUp
    {
        set => Client.Way.Loses = _ => value(_up++);
    }

    public void Run(long until, Func<bool>? done = null) => Time.Run(until, done);
}

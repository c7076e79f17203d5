namespace Distribution.BitTorrent.Tests.Utp;

/// <summary>One direction: a queue that drops what does not fit, a rate, a distance. Several senders may share it.</summary>
internal sealed class SimulatedPath(
    SimulatedTime time,
    long bytesPerSecond,
    long delayMicroseconds,
    int queueBytes,
    PathFaults faults,
    Random random
)
{
    private const int NetworkHeaderBytes = 28;

    private long _freeAt;
    private int _queued;

    /// <summary>Which packets are lost besides.</summary>
    public Func<byte[], bool> Loses { get; set; } = _ => false;

    public void Send(byte[] packet, Action<byte[]> arrives)
    {
        int size = packet.Length + NetworkHeaderBytes;
        if (_queued + size > queueBytes || random.NextDouble() < faults.Loss || Loses(packet))
            return;
        _queued += size;
        _freeAt = Math.Max(_freeAt, time.Now) + size * 1_000_000L / bytesPerSecond;
        long leaves = _freeAt;
        time.At(leaves, () => _queued -= size);
        long late = random.NextDouble() < faults.Reordering ? random.Next(30_000) : 0;
        time.At(leaves + delayMicroseconds + late, () => arrives(packet));
        if (random.NextDouble() < faults.Duplication)
            time.At(leaves + delayMicroseconds + random.Next(50_000), () => arrives(packet));
    }
}

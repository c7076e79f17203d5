namespace Distribution.Silos.Traffic;

/// <param name="WebSeedBytesPerSecond">The plain link included.</param>
public readonly record struct TrafficRates(
    long WebSeedBytesPerSecond,
    long EdgeBytesPerSecond,
    long PeerBytesPerSecond
);

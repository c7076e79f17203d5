namespace Distribution.Silos.Traffic;

/// <param name="WebSeedBytesPerSecond">The plain link included.</param>
[GenerateSerializer]
public readonly record struct TrafficRates(
    [property: Id(0)] long WebSeedBytesPerSecond,
    [property: Id(1)] long EdgeBytesPerSecond,
    [property: Id(2)] long PeerBytesPerSecond
);

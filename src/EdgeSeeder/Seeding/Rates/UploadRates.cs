namespace Distribution.EdgeSeeder.Seeding.Rates;

/// <summary>What a swarm may be given, in payload bytes per second; 0: no limit.</summary>
/// <param name="SwarmBytesPerSecond">All its peers together.</param>
/// <param name="PeerBytesPerSecond">Each of its connections.</param>
public readonly record struct UploadRates(long SwarmBytesPerSecond, long PeerBytesPerSecond);

using Distribution.EdgeSeeder.Seeding;

namespace Distribution.EdgeSeeder;

/// <summary>Settings of one edge seeder.</summary>
public sealed record EdgeOptions
{
    /// <summary>Where heartbeats go: the server's base address, "http://127.0.0.1:8080".</summary>
    public required string ServerUrl { get; init; }

    /// <summary>The bearer by which the server and the web seed know this node: its own key, or the shared edge key.</summary>
    public required string EdgeKey { get; init; }

    /// <summary>Holds the cache, the counters' journal and the node's id; made if missing.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The BitTorrent port, TCP; 0: the system chooses. Default 6881.</summary>
    public int Port { get; init; } = 6881;

    /// <summary>
    /// Where viewers reach this node, "address:port" or "[address]:port". Default none: the address that its heartbeats come from.
    /// </summary>
    public IReadOnlyList<string> PublicEndpoints { get; init; } = [];

    /// <summary>The most that cached pieces may take on the disk, in bytes. Default 10 GiB.</summary>
    public long CacheLimitBytes { get; init; } = 10L << 30;

    /// <summary>The most that the node sends to all viewers together, in bytes per second; the server may order less. Default 0: none.</summary>
    public long UploadLimitBytesPerSecond { get; init; }

    /// <summary>Where the node stands, for the server to prefer it near viewers: a country's two letters, or a word of the operator's. Default none.</summary>
    public string Region { get; init; } = "";

    /// <summary>
    /// Letters, digits, '-', '_' and '.', at most 64: names the node to the server. Default: random, made at the first start and kept
    /// in <see cref="DataFolder"/>.
    /// </summary>
    public string? NodeId { get; init; }

    /// <summary>
    /// Where .torrent files and web seeds are fetched from, instead of the scheme, host and port that the orders name; for an edge that
    /// cannot reach the public address. Default none: as ordered.
    /// </summary>
    public string? OriginUrl { get; init; }

    /// <summary>The engine by its name: "own", or another that the program was built with. Default "own".</summary>
    public string Engine { get; init; } = SeedingEngineKind.Own.Name;

    /// <summary>Connections, queues and times of the engine.</summary>
    public SeedingLimits Seeding { get; init; } = new();
}

namespace Distribution.Standalone.Serving;

/// <summary>One setting of <c>serve</c> and its three names.</summary>
/// <param name="Key">In appsettings.json, below "Distribution".</param>
/// <param name="HelpName">What stands for the value in the help.</param>
internal sealed record ServeSetting(string Key, string Option, string EnvironmentVariable, string HelpName, string Help)
{
    public static readonly ServeSetting Data = new(
        "Data",
        "--data",
        "DISTRIBUTION_DATA",
        "DIR",
        "Everything it keeps: database, files, cache, keys; default ./data"
    );

    public static readonly ServeSetting Urls = new(
        "Urls",
        "--urls",
        "DISTRIBUTION_URLS",
        "URL",
        "Portal, API, HTTP tracker, web seed; default http://127.0.0.1:8080; several are parted by \";\""
    );

    public static readonly ServeSetting TrackerUdp = new(
        "TrackerUdp",
        "--tracker-udp",
        "DISTRIBUTION_TRACKER_UDP",
        "PORT",
        "UDP tracker; default 6969; 0 switches it off"
    );

    public static readonly ServeSetting EdgePort = new(
        "EdgePort",
        "--edge-port",
        "DISTRIBUTION_EDGE_PORT",
        "PORT",
        "The built-in edge seeder's BitTorrent port; default 6881; 0 switches it off"
    );

    public static readonly ServeSetting EdgeEndpoint = new(
        "EdgeEndpoint",
        "--edge-endpoint",
        "DISTRIBUTION_EDGE_ENDPOINT",
        "ENDPOINT",
        "Where viewers reach the built-in edge, address:port; default: the public host's addresses, the edge's port"
    );

    public static readonly ServeSetting PublicHost = new(
        "PublicHost",
        "--public-host",
        "DISTRIBUTION_PUBLIC_HOST",
        "HOST",
        "What links name: a host, host:port or a whole address; default: the host of --urls"
    );

    public static readonly ServeSetting Blobs = new(
        "Blobs",
        "--blobs",
        "DISTRIBUTION_BLOBS",
        "DIR",
        "Folder of the stored files; default: content below the data folder"
    );

    public static readonly ServeSetting TorrentFormat = new(
        "TorrentFormat",
        "--torrent-format",
        "DISTRIBUTION_TORRENT_FORMAT",
        "FORMAT",
        "Of files whose publisher does not choose: v1, which every client takes, or hybrid (v1 and v2); default v1"
    );

    public static readonly ServeSetting Db = new(
        "Db",
        "--db",
        "DISTRIBUTION_DB",
        "CONN",
        "Database; this release keeps SQLite below the data folder and takes no other"
    );

    public static readonly ServeSetting Currency = new(
        "Currency",
        "--currency",
        "DISTRIBUTION_CURRENCY",
        "CODE",
        "Of the prices, three letters; default USD"
    );

    public static readonly ServeSetting PriceCdn = new(
        "PriceCdn",
        "--price-cdn",
        "DISTRIBUTION_PRICE_CDN",
        "PRICE",
        "Per gigabyte of the web seed, the plain link and the edges' fill; default 0.02"
    );

    public static readonly ServeSetting PriceEdge = new(
        "PriceEdge",
        "--price-edge",
        "DISTRIBUTION_PRICE_EDGE",
        "PRICE",
        "Per gigabyte of the edge seeders; default 0.005"
    );

    public static readonly ServeSetting PriceViewer = new(
        "PriceViewer",
        "--price-viewer",
        "DISTRIBUTION_PRICE_VIEWER",
        "PRICE",
        "Per gigabyte that a viewer uploads, borne by the viewer; default 0.01"
    );

    public static readonly IReadOnlyList<ServeSetting> All =
    [
        Data,
        Urls,
        TrackerUdp,
        EdgePort,
        EdgeEndpoint,
        PublicHost,
        Blobs,
        TorrentFormat,
        Db,
        Currency,
        PriceCdn,
        PriceEdge,
        PriceViewer,
    ];
}

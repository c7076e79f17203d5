namespace Distribution.Standalone.Serving;

/// <summary>One setting of <c>serve</c> and its three names.</summary>
/// <param name="Key">In appsettings.json, below "Distribution".</param>
/// <param name="HelpName">What stands for the value in the help.</param>
internal sealed partial record ServeSetting(
    string Key,
    string Option,
    string EnvironmentVariable,
    string HelpName,
    string Help
)
{
    /// <summary>True: the option may be there several times; its values are joined by ";".</summary>
    public bool Repeats { get; private init; }

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

    public static readonly ServeSetting TrustedProxy = new(
        "TrustedProxy",
        "--trusted-proxy",
        "DISTRIBUTION_TRUSTED_PROXY",
        "CIDR",
        "Addresses or networks of proxies in front, parted by \",\": of them X-Forwarded-For or Forwarded is taken for the viewer's address; default none"
    )
    {
        Repeats = true,
    };

    public static readonly ServeSetting TrackerUdp = new(
        "TrackerUdp",
        "--tracker-udp",
        "DISTRIBUTION_TRACKER_UDP",
        "PORT",
        "UDP tracker; default 6969; 0 switches it off"
    );

    public static readonly ServeSetting TrackerLimit = new(
        "TrackerLimit",
        "--tracker-limit",
        "DISTRIBUTION_TRACKER_LIMIT",
        "COUNT",
        "Announces a second that one address (IPv6: a /64) may make in the long run; default 500; 0: no limits"
    );

    public static readonly ServeSetting TrackerLimitNetwork = new(
        "TrackerLimitNetwork",
        "--tracker-limit-network",
        "DISTRIBUTION_TRACKER_LIMIT_NETWORK",
        "COUNT",
        "The same for a network, IPv4 /24 or IPv6 /48; default 2000"
    );

    public static readonly ServeSetting TrackerLimitLocal = new(
        "TrackerLimitLocal",
        "--tracker-limit-local",
        "DISTRIBUTION_TRACKER_LIMIT_LOCAL",
        "BOOL",
        "true: loopback, link-local and private addresses are limited too; default false"
    );

    public static readonly ServeSetting TrackerMaxPeers = new(
        "TrackerMaxPeers",
        "--tracker-max-peers",
        "DISTRIBUTION_TRACKER_MAX_PEERS",
        "COUNT",
        "Peers in all swarms, about 70 bytes of memory each; beyond, the least useful make room; default 4000000"
    );

    public static readonly ServeSetting EdgePort = new(
        "EdgePort",
        "--edge-port",
        "DISTRIBUTION_EDGE_PORT",
        "PORT",
        "The built-in edge seeder's BitTorrent port; default 6881; 0 switches it off"
    );

    public static readonly ServeSetting EdgeUtp = new(
        "EdgeUtp",
        "--edge-utp",
        "DISTRIBUTION_EDGE_UTP",
        "BOOL",
        "true: viewers may reach the built-in edge by uTP too, on the same port, UDP; default false"
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
        "CONN",
        "The stored files: a folder, or an Azure Storage connection string or URL; default: content below the data folder"
    );

    public static readonly ServeSetting BlobsContainer = new(
        "BlobsContainer",
        "--blobs-container",
        "DISTRIBUTION_BLOBS_CONTAINER",
        "NAME",
        "The container in Azure Storage, where --blobs names none; default distribution"
    );

    public static readonly ServeSetting BlobsPublicUrl = new(
        "BlobsPublicUrl",
        "--blobs-public-url",
        "DISTRIBUTION_BLOBS_PUBLIC_URL",
        "URL",
        "The container as the public or a CDN reaches it: torrents name it as a web seed, whose bytes are counted from its access logs; default: none"
    );

    public static readonly ServeSetting CdnLogs = new(
        "CdnLogs",
        "--cdn-logs",
        "DISTRIBUTION_CDN_LOGS",
        "DIR",
        "A folder in which a CDN's access logs arrive, or blob:CONTAINER/PREFIX in the storage account of --blobs; each line is counted once; may be repeated, or parted by \";\"; default none"
    )
    {
        Repeats = true,
    };

    public static readonly ServeSetting TorrentFormat = new(
        "TorrentFormat",
        "--torrent-format",
        "DISTRIBUTION_TORRENT_FORMAT",
        "FORMAT",
        "Of files whose publisher does not choose: v1, which every client takes, or hybrid (v1 and v2); default v1"
    );

    public static readonly ServeSetting MaxUpload = new(
        "MaxUpload",
        "--max-upload",
        "DISTRIBUTION_MAX_UPLOAD",
        "SIZE",
        "The largest file or folder that may be uploaded, such as 50GB; default 1TB, at most 4TiB"
    );

    public static readonly ServeSetting Quota = new(
        "Quota",
        "--quota",
        "DISTRIBUTION_QUOTA",
        "SIZE",
        "Bytes of a publisher's files and uploads together; default 0: as much as fits"
    );

    public static readonly ServeSetting MaxOpenUploads = new(
        "MaxOpenUploads",
        "--max-open-uploads",
        "DISTRIBUTION_MAX_OPEN_UPLOADS",
        "COUNT",
        "Uploads that may be in progress at a time, parts of one counted each; default 256"
    );

    public static readonly ServeSetting MinFree = new(
        "MinFree",
        "--min-free",
        "DISTRIBUTION_MIN_FREE",
        "SIZE",
        "Free space of the disk that uploads never take; default 256MiB"
    );

    public static readonly ServeSetting ImportFrom = new(
        "ImportFrom",
        "--import-from",
        "DISTRIBUTION_IMPORT_FROM",
        "DIR",
        "A folder below which publishers may import files of this server; may be repeated, or parted by \";\"; default none"
    )
    {
        Repeats = true,
    };

    public static readonly ServeSetting ImportPrivate = new(
        "ImportPrivate",
        "--import-private",
        "DISTRIBUTION_IMPORT_PRIVATE",
        "BOOL",
        "true: publishers may import from private and loopback addresses, which this server reaches and they may not; default false"
    );

    public static readonly ServeSetting Db = new(
        "Db",
        "--db",
        "DISTRIBUTION_DB",
        "CONN",
        "PostgreSQL, as \"Host=…;Database=…;Username=…;Password=…\": servers given the same one are one cluster; default: SQLite in the data folder"
    );

    public static readonly ServeSetting SiloAddress = new(
        "SiloAddress",
        "--silo-address",
        "DISTRIBUTION_SILO_ADDRESS",
        "IP",
        "This machine's address for the other servers of the cluster, on a private network; default 127.0.0.1"
    );

    public static readonly ServeSetting SiloPort = new(
        "SiloPort",
        "--silo-port",
        "DISTRIBUTION_SILO_PORT",
        "PORT",
        "Where other servers of the cluster connect; default 0: a free port"
    );

    public static readonly ServeSetting GatewayPort = new(
        "GatewayPort",
        "--gateway-port",
        "DISTRIBUTION_GATEWAY_PORT",
        "PORT",
        "Where Orleans clients of other programs connect; default 0: a free port"
    );

    public static readonly ServeSetting PeerPolicies = new(
        "PeerPolicies",
        "--peer-policies",
        "DISTRIBUTION_PEER_POLICIES",
        "NAMES",
        "Whom the tracker tells viewers of: near (their own network first), useful (the nearly complete to the starved), parted by \",\", or none; default near,useful"
    );

    public static readonly ServeSetting Outsiders = new(
        "Outsiders",
        "--outsiders",
        "DISTRIBUTION_OUTSIDERS",
        "PERCENT",
        "Of the peers that a viewer is told of, how many are from anywhere, 1 to 100; default 25"
    );

    public static readonly ServeSetting GeoDatabase = new(
        "GeoDatabase",
        "--geo-database",
        "DISTRIBUTION_GEO_DATABASE",
        "FILE",
        "Autonomous systems or countries of addresses, in MaxMind's format (.mmdb); several are parted by \",\"; read again when it changes; default none: near is what shares a prefix"
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

    public static readonly ServeSetting Contract = new(
        "Contract",
        "--contract",
        "DISTRIBUTION_CONTRACT",
        "FILE",
        "What the report reckons with in the place of --currency and --price-…: a contract's file, or the id of a catalogue's; default none"
    );

    // Not a field: which part of the type is initialized first is not defined.
    public static IReadOnlyList<ServeSetting> All =>
        field ??= [
            Data,
            Urls,
            TrustedProxy,
            TrackerUdp,
            TrackerLimit,
            TrackerLimitNetwork,
            TrackerLimitLocal,
            TrackerMaxPeers,
            EdgePort,
            EdgeUtp,
            EdgeEndpoint,
            PublicHost,
            Blobs,
            BlobsContainer,
            BlobsPublicUrl,
            CdnLogs,
            TorrentFormat,
            MaxUpload,
            Quota,
            MaxOpenUploads,
            MinFree,
            ImportFrom,
            ImportPrivate,
            OrleansDashboard,
            ApiLimit,
            SignInLimit,
            WebhooksPrivate,
            Db,
            SiloAddress,
            SiloPort,
            GatewayPort,
            PeerPolicies,
            Outsiders,
            GeoDatabase,
            Currency,
            PriceCdn,
            PriceEdge,
            PriceViewer,
            Contract,
            OidcAuthority,
            OidcClientId,
            OidcClientSecret,
            OidcName,
        ];
}

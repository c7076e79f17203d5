using System.Net;
using Distribution.Contracts.Costs;
using Distribution.Contracts.Files;
using Distribution.Contracts.Proxies;
using Distribution.Dashboard.Access;
using Distribution.Ingest.CdnLogs;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Contents.Azure;
using Distribution.Silos.Announces.Limits;
using Distribution.Silos.Reports;
using Distribution.Silos.Swarms;
using Distribution.Silos.Swarms.Selection;

namespace Distribution.Standalone.Serving;

/// <summary>
/// All settings of <c>distribution serve</c>: keys of the section "Distribution" in appsettings.json, environment variables
/// DISTRIBUTION_…, options of the command line; the latter win. Read by <see cref="ServeSettings"/>.
/// </summary>
internal sealed record ServeOptions
{
    /// <summary>Folder for everything that is kept. Default: ./data.</summary>
    public string DataFolder { get; init; } = Serving.DataFolder.DefaultPath;

    /// <summary>Where HTTP listens; several are parted by ";". Default: http://127.0.0.1:8080.</summary>
    public IReadOnlyList<Uri> Urls { get; init; } = [new("http://127.0.0.1:8080")];

    /// <summary>What links name: a base address made of the first of <see cref="Urls"/> and the public host.</summary>
    public Uri PublicBaseUrl { get; init; } = new("http://127.0.0.1:8080");

    /// <summary>Who is believed when it says for whom it asks. Default: nobody.</summary>
    public TrustedProxies TrustedProxies { get; init; } = TrustedProxies.None;

    /// <summary>Port of the UDP tracker (BEP 15); 0: none. Default: 6969.</summary>
    public int TrackerUdpPort { get; init; } = 6969;

    /// <summary>What one address and one network may take of the tracker.</summary>
    public RequestLimitOptions TrackerLimits { get; init; } = new();

    /// <summary>How many peers the tracker holds.</summary>
    public PeerTableOptions TrackerPeers { get; init; } = new();

    /// <summary>BitTorrent port of the built-in edge seeder; 0: none. Default: 6881.</summary>
    public int EdgePort { get; init; } = 6881;

    /// <summary>The built-in edge takes uTP too, on the same port.</summary>
    public bool EdgeUtp { get; init; }

    /// <summary>Where viewers reach that edge; empty: by the public host's addresses.</summary>
    public IReadOnlyList<IPEndPoint> EdgeEndpoints { get; init; } = [];

    /// <summary>Where the stored files are: a folder, or Azure Blob Storage. Default: "content" below the data folder.</summary>
    public ContentLocation Blobs { get; init; } = ContentLocation.InFolder("");

    /// <summary>The container in Azure Blob Storage. Default: distribution.</summary>
    public string BlobsContainer { get; init; } = new AzureStoreOptions().Container;

    /// <summary>What torrents name as a web seed beside ours; null: nothing. Default: null.</summary>
    public Uri? BlobsPublicUrl { get; init; }

    /// <summary>Where CDNs leave their access logs. Default: nowhere.</summary>
    public IReadOnlyList<LogSource> CdnLogs { get; init; } = [];

    /// <summary>Which torrent is made where the publisher does not say. Default: v1.</summary>
    public TorrentFormat TorrentFormat { get; init; } = TorrentFormat.V1;

    /// <summary>The largest upload, in bytes. Default: 1 TB.</summary>
    public long MaxUploadBytes { get; init; } = 1_000_000_000_000;

    /// <summary>A publisher's files and uploads together, in bytes. Default: 0, no quota.</summary>
    public long QuotaBytes { get; init; }

    /// <summary>Uploads in progress at a time. Default: 256.</summary>
    public int MaxOpenUploads { get; init; } = 256;

    /// <summary>Free space that uploads never take, in bytes. Default: 256 MiB.</summary>
    public long MinFreeBytes { get; init; } = 256L << 20;

    /// <summary>Folders below which publishers may import files of this server. Default: none.</summary>
    public IReadOnlyList<string> ImportFrom { get; init; } = [];

    /// <summary>Whether publishers may import from private and loopback addresses. Default: false.</summary>
    public bool ImportPrivate { get; init; }

    /// <summary>Whether operators get Orleans' own dashboard. Default: false, because it measures every call.</summary>
    public bool OrleansDashboard { get; init; }

    /// <summary>A PostgreSQL database, whose users form a cluster; null: alone, with SQLite below the data folder. Default: null.</summary>
    public string? Database { get; init; }

    /// <summary>Where the cluster's other servers reach this one. Default: 127.0.0.1, so only those on this machine do.</summary>
    public IPAddress SiloAddress { get; init; } = IPAddress.Loopback;

    /// <summary>From server to server; 0: a free port. Default: 0.</summary>
    public int SiloPort { get; init; }

    /// <summary>For Orleans clients; 0: a free port. Default: 0.</summary>
    public int GatewayPort { get; init; }

    /// <summary>Whom viewers are told of.</summary>
    public SelectionOptions Selection { get; init; } = new();

    /// <summary>What the report reckons with.</summary>
    public PriceOptions Prices { get; init; } = new();

    /// <summary>What the portal and the API may be asked, and may ask of others.</summary>
    public PortalOptions Portal { get; init; } = new();

    /// <summary>Where members may sign in besides; null: nowhere. Default: null.</summary>
    public OpenIdOptions? OpenId { get; init; }

    /// <summary>Contracts that reports can be asked for: those beside the program and those of the data folder.</summary>
    public ContractCatalogue Contracts { get; init; } = ContractCatalogue.Empty;
}

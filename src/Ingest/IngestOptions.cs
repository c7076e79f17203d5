using Distribution.Contracts.Files;
using Distribution.Ingest.CdnLogs;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Contents.Azure;

namespace Distribution.Ingest;

/// <summary>What an ingest needs to know. Checked at start by <see cref="IngestOptionsValidator"/>.</summary>
public sealed record IngestOptions
{
    /// <summary>Where the bytes of files are kept. A folder is made if missing.</summary>
    public required ContentLocation Content { get; init; }

    /// <summary>How Azure Blob Storage is used, where <see cref="Content"/> is that.</summary>
    public AzureStoreOptions Azure { get; init; } = new();

    /// <summary>The file in which the web seed counts what it sent; its instance id stands beside it with ".id" added.</summary>
    public required string SendJournalPath { get; init; }

    /// <summary>The largest upload, in bytes. Default: 1 TB.</summary>
    public long MaxUploadBytes { get; init; } = 1_000_000_000_000;

    /// <summary>Free space of the content folder's disk that uploads never take, in bytes. Default: 256 MiB.</summary>
    public long MinFreeDiskBytes { get; init; } = 256L << 20;

    /// <summary>All files and uploads of one publisher together, in bytes. Default: 0, no quota.</summary>
    public long PublisherQuotaBytes { get; init; }

    /// <summary>Uploads of all publishers that may be in progress at a time. Default: 256.</summary>
    public int MaxOpenUploads { get; init; } = 256;

    /// <summary>An upload that has not grown for so long is given up. Default: 7 days.</summary>
    public TimeSpan UploadLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Which torrent is made where the publisher does not say. Default: v1, because clients still in use (Transmission 3.00, aria2 1.36)
    /// refuse or misread hybrids.
    /// </summary>
    public TorrentFormat DefaultFormat { get; init; } = TorrentFormat.V1;

    /// <summary>Folders of the server below which publishers may import files. Default: none, so no file may be.</summary>
    public IReadOnlyList<string> ImportRoots { get; init; } = [];

    /// <summary>
    /// Whether publishers may import from addresses that only this server's own network reaches: private, loopback, link-local. Default:
    /// false, because such a request would come from the server itself.
    /// </summary>
    public bool ImportFromPrivateAddresses { get; init; }

    /// <summary>Where CDNs leave their access logs, to be read as they come. Default: nowhere.</summary>
    public IReadOnlyList<LogSource> CdnLogs { get; init; } = [];

    /// <summary>
    /// True: Kestrel's TCP connections run over the transport of this project, which knows what each socket accepted. False: Kestrel's
    /// own, with web-seed bytes counted when they are handed to it. Default: true.
    /// </summary>
    public bool CountAtSocket { get; init; } = true;
}

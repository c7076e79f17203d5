using Distribution.Contracts.Files;

namespace Distribution.Ingest;

/// <summary>What an ingest needs to know. Checked at start by <see cref="IngestOptionsValidator"/>.</summary>
public sealed record IngestOptions
{
    /// <summary>Where the bytes of files are kept. Created if missing.</summary>
    public required string ContentFolder { get; init; }

    /// <summary>The file in which the web seed counts what it sent; its instance id stands beside it with ".id" added.</summary>
    public required string SendJournalPath { get; init; }

    /// <summary>The largest upload, in bytes. Default: 1 TB.</summary>
    public long MaxUploadBytes { get; init; } = 1_000_000_000_000;

    /// <summary>Free space of the content's disk that uploads never take, in bytes. Default: 256 MiB.</summary>
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

    /// <summary>
    /// True: Kestrel's TCP connections run over the transport of this project, which knows what each socket accepted. False: Kestrel's
    /// own, with web-seed bytes counted when they are handed to it. Default: true.
    /// </summary>
    public bool CountAtSocket { get; init; } = true;
}

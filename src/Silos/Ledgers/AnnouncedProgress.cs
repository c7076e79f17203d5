using Distribution.Contracts.Swarms;

namespace Distribution.Silos.Ledgers;

/// <summary>What of an announce a <see cref="ViewerSession"/> looks at.</summary>
/// <param name="NothingDownloaded">The client says <c>downloaded=0</c>.</param>
public readonly record struct AnnouncedProgress(
    AnnounceEvent Event,
    long LeftBytes,
    long UploadedBytes,
    bool NothingDownloaded
);

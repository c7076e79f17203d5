using Distribution.Contracts.Swarms;

namespace Distribution.Silos.Ledgers;

/// <summary>What of an announce a <see cref="ViewerSession"/> looks at.</summary>
/// <param name="DownloadedBytes">Never a figure, as clients disagree on what it holds; a bound on one that has no other. Negative: not known.</param>
public readonly record struct AnnouncedProgress(
    AnnounceEvent Event,
    long LeftBytes,
    long UploadedBytes,
    long DownloadedBytes
)
{
    /// <summary>What Transmission says before it knows the size, and stands here for all that is not known.</summary>
    public const long UnknownLeft = long.MaxValue;

    /// <summary>The client says <c>downloaded=0</c>.</summary>
    public bool NothingDownloaded => DownloadedBytes == 0;
}

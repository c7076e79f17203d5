namespace Distribution.Standalone.Downloads;

/// <summary>How somebody wants to download.</summary>
internal sealed record DownloadWishes
{
    /// <summary>Where the file or folder is put.</summary>
    public required string Folder { get; init; }

    public bool UseWebSeeds { get; init; } = true;

    public bool UsePeers { get; init; } = true;

    /// <summary>How much other viewers may get from here, as a share of what is here; 0: nothing.</summary>
    public double ShareLimit { get; init; } = 1;

    /// <summary>How long to stay and give once everything is there.</summary>
    public TimeSpan Linger { get; init; }

    /// <summary>TCP; 0: a free one.</summary>
    public int Port { get; init; }

    /// <summary>Give up when nothing came for so long.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);
}

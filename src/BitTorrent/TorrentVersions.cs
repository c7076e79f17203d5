namespace Distribution.BitTorrent;

/// <summary>Which protocol versions a torrent speaks.</summary>
[Flags]
public enum TorrentVersions
{
    None = 0,

    /// <summary>BEP 3: SHA-1 over pieces of one stream.</summary>
    V1 = 1,

    /// <summary>BEP 52: SHA-256 merkle trees, one a file.</summary>
    V2 = 2,

    /// <summary>Both over the same pieces (BEP 52, "upgrade path").</summary>
    Hybrid = V1 | V2,
}

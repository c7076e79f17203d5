namespace Distribution.BitTorrent.Hashing;

/// <summary>What a <see cref="ResumableHash"/> computes.</summary>
public enum ResumableHashKind
{
    /// <summary>20 bytes.</summary>
    Sha1,

    /// <summary>32 bytes.</summary>
    Sha256,
}

namespace Distribution.Silos.Swarms.Tables;

/// <summary>The sections of <see cref="FamilyPeers"/>, in their order.</summary>
internal enum PeerSection
{
    Leechers,
    Seeds,

    /// <summary>Left a moment ago: kept for an edge's last word, and so that a restart that says nothing new books nothing.</summary>
    Gone,
}

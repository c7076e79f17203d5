using Distribution.BitTorrent;

namespace Distribution.Silos.Ledgers;

/// <summary>What one booking added to a file's hour.</summary>
public readonly record struct LedgerDelta(
    InfoHash InfoHash,
    long LowBytes,
    long HighBytes,
    long WebSeedBytes,
    long DirectBytes,
    long EdgeBytes,
    long EdgeFillBytes,
    long ViewerUploadBytes,
    long CdnBytes = 0,
    long EdgeMetadataBytes = 0,
    long EdgeOverheadBytes = 0,
    long WasteBytes = 0
)
{
    public bool IsEmpty => this == new LedgerDelta(InfoHash, 0, 0, 0, 0, 0, 0, 0);
}

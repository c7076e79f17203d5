using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers.Chain;

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
    public ChainFigures Figures =>
        new(
            LowBytes,
            HighBytes,
            WebSeedBytes,
            DirectBytes,
            EdgeBytes,
            EdgeFillBytes,
            ViewerUploadBytes,
            CdnBytes,
            EdgeMetadataBytes,
            EdgeOverheadBytes,
            WasteBytes
        );

    public bool IsEmpty => this == new LedgerDelta(InfoHash, 0, 0, 0, 0, 0, 0, 0);
}

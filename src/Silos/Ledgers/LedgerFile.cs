using Distribution.BitTorrent;

namespace Distribution.Silos.Ledgers;

/// <summary>A file as the ledger knows it.</summary>
/// <param name="InfoHash">v1; all its bytes are booked by it.</param>
/// <param name="InfoHashV2">Of a hybrid: kept so that its swarm is found by it after a restart.</param>
public sealed record LedgerFile(
    InfoHash InfoHash,
    string FileId,
    string PublisherId,
    long SizeBytes,
    InfoHashV2? InfoHashV2 = null
);

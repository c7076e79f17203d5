using Distribution.BitTorrent;

namespace Distribution.Silos.Ledgers;

/// <summary>A file as the ledger knows it.</summary>
public sealed record LedgerFile(InfoHash InfoHash, string FileId, string PublisherId, long SizeBytes);

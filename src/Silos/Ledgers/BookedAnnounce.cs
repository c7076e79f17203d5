using Distribution.Contracts.Ledgers;

namespace Distribution.Silos.Ledgers;

/// <param name="Delta">What it added to the file's hour; null: nothing.</param>
/// <param name="Found">Anomalies that this viewer had not shown before.</param>
internal readonly record struct BookedAnnounce(BookedViewer Viewer, LedgerDelta? Delta, AnnounceAnomalies Found);

using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Silos.Holdouts;
using Distribution.Silos.Ledgers.Networks;
using Distribution.Silos.State;
using Distribution.Silos.Traffic;
using Microsoft.Extensions.Logging;

namespace Distribution.Silos.Ledgers;

/// <summary>
/// The accounts of what was delivered, by whom. All inputs are cumulative and every answer comes after the commit, so a caller that
/// got none simply says it again. Definitions: docs/accounting.md.
/// </summary>
public partial class Ledger(
    StateDatabase database,
    RecentTraffic traffic,
    TimeProvider clock,
    ILogger<Ledger> logger,
    AnomalyTally? anomalies = null,
    ViewerNetworks? networks = null,
    HoldoutDraw? holdouts = null
)
{
    /// <summary>Counters of one transaction: a large report does not hold up everybody's announces.</summary>
    private const int CountersPerChange = 500;

    /// <summary>Books a sender's counters. Those that cannot be read are skipped and logged: repeating would not help.</summary>
    public async Task RecordSendsAsync(SendReport report)
    {
        var counters = new List<CheckedCounter>(report.Counters.Count);
        foreach (SendCounter counter in report.Counters)
        {
            if (CheckedCounter.TryParse(counter, out CheckedCounter parsed, out string? problem))
                counters.Add(parsed);
            else
                LogSkipped(report.Source, problem!);
        }
        foreach (CheckedCounter[] chunk in counters.Chunk(CountersPerChange))
        {
            long now = Now();
            List<LedgerDelta> deltas = await database.WriteAsync(session =>
            {
                long sourceKey = SourceKey(session, report.Source, report.Epoch);
                var book = new LedgerBook(session, now, networks, holdouts);
                var booked = new List<LedgerDelta>();
                foreach (CheckedCounter counter in chunk)
                {
                    if (book.BookSend(sourceKey, counter) is { } delta)
                        booked.Add(delta);
                }
                return booked;
            });
            traffic.Add(deltas);
        }
    }

    /// <summary>Makes a file known: bytes of its info-hash are its own from here on. Answers its finished downloads. Safe to repeat.</summary>
    public Task<long> OpenFileAsync(LedgerFile file) =>
        database.WriteAsync(session => FileTable.Register(session, file).Completed);

    /// <summary>Its swarm is closed; what was delivered stays, and late counters still come in.</summary>
    public Task CloseFileAsync(InfoHash infoHash) => database.WriteAsync(session => FileTable.Close(session, infoHash));

    /// <summary>The files that are open, and the revision from which on <see cref="ReadOpeningsAsync"/> tells what changes.</summary>
    public Task<(List<SwarmOpening> Open, long Revision)> ReadOpenFilesAsync() =>
        database.ReadAsync(session =>
        {
            // First: what changes in between is then told twice, and not missed.
            long revision = FileTable.ReadRevision(session);
            return (FileTable.ReadOpen(session), revision);
        });

    /// <summary>What was opened and closed since, by any silo, in that order.</summary>
    public Task<List<SwarmOpening>> ReadOpeningsAsync(long since) =>
        database.ReadAsync(session => FileTable.ReadOpenings(session, since));

    /// <summary>Downloads of the current file of this info-hash that were finished.</summary>
    public Task<long> ReadCompletedAsync(InfoHash infoHash) =>
        database.ReadAsync(session => FileTable.Find(session, infoHash)?.Completed ?? 0);

    /// <summary>
    /// Books an announce. Callers that hold the viewer's last <see cref="BookedViewer"/> need not call for an announce that says nothing
    /// new: <see cref="Changes"/>.
    /// </summary>
    /// <returns>Null: the file is not known.</returns>
    public async Task<BookedViewer?> RecordAnnounceAsync(InfoHash infoHash, ViewerAnnounce announce)
    {
        long now = Now();
        BookedAnnounce? booked = await database.WriteAsync(session =>
            new LedgerBook(session, now, networks, holdouts).BookAnnounce(infoHash, announce)
        );
        if (booked?.Delta is { } delta)
            traffic.Add([delta]);
        if (booked is { } one)
            anomalies?.Add(one.Found);
        return booked?.Viewer;
    }

    /// <summary>Books announces of one or more files together; answers as <see cref="RecordAnnounceAsync"/>, in their order.</summary>
    public virtual async Task<BookedViewer?[]> RecordAnnouncesAsync(
        IReadOnlyList<(InfoHash InfoHash, ViewerAnnounce Announce)> announces
    )
    {
        long now = Now();
        var deltas = new List<LedgerDelta>(announces.Count);
        var found = new List<AnnounceAnomalies>();
        BookedViewer?[] viewers = await database.WriteAsync(session =>
        {
            // It may run twice.
            deltas.Clear();
            found.Clear();
            var book = new LedgerBook(session, now, networks, holdouts);
            var booked = new BookedViewer?[announces.Count];
            for (int i = 0; i < booked.Length; i++)
            {
                BookedAnnounce? one = book.BookAnnounce(announces[i].InfoHash, announces[i].Announce);
                booked[i] = one?.Viewer;
                if (one?.Delta is { } delta)
                    deltas.Add(delta);
                if (one is { Found: not AnnounceAnomalies.None and var anomaly })
                    found.Add(anomaly);
            }
            return booked;
        });
        traffic.Add(deltas);
        foreach (AnnounceAnomalies one in found)
            anomalies?.Add(one);
        return viewers;
    }

    /// <summary>True where booking <paramref name="announce"/> would change the viewer.</summary>
    public bool Changes(in BookedViewer viewer, in ViewerAnnounce announce, long sizeBytes) =>
        viewer.Session.Next(announce, sizeBytes, UploadClaims.MostBytes(viewer, Now())) != viewer.Session;

    /// <summary>Books what an edge saw.</summary>
    public async Task RecordWitnessAsync(InfoHash infoHash, IReadOnlyList<WitnessedProgress> progress)
    {
        if (progress.Count == 0)
            return;
        long now = Now();
        var found = new List<AnnounceAnomalies>();
        List<LedgerDelta> deltas = await database.WriteAsync(session =>
        {
            // It may run twice.
            found.Clear();
            var book = new LedgerBook(session, now, networks, holdouts);
            var booked = new List<LedgerDelta>();
            foreach (WitnessedProgress one in progress)
            {
                if (book.BookWitness(infoHash, one, out AnnounceAnomalies marks) is { } delta)
                    booked.Add(delta);
                found.Add(marks);
            }
            return booked;
        });
        traffic.Add(deltas);
        found.ForEach(one => anomalies?.Add(one));
    }

    private static long SourceKey(StateSession session, string source, string epoch)
    {
        const string find = "SELECT source_key FROM send_source WHERE source = $1 AND epoch = $2";
        long key = session.Scalar(find, source, epoch);
        if (key != 0)
            return key;
        key = session.Scalar("SELECT MAX(source_key) FROM send_source") + 1;
        session.Execute("INSERT INTO send_source (source_key, source, epoch) VALUES ($1, $2, $3)", key, source, epoch);
        return key;
    }

    private long Now() => clock.GetUtcNow().ToUnixTimeSeconds();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Skipped a counter of {Source}: {Problem}.")]
    private partial void LogSkipped(string source, string problem);
}

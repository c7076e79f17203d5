using System.Net;
using Distribution.Contracts.Ledgers.Logs;
using Distribution.Silos.Ledgers.Networks;
using Distribution.Silos.State;
using Distribution.Silos.Traffic;

namespace Distribution.Silos.Ledgers.Logs;

/// <summary>
/// Books what CDNs' access logs tell. A batch's bytes and how far its log is read are one transaction, so that kill -9, two servers that
/// watch one folder, and a log that comes again under another name all count each line once.
/// </summary>
public sealed class AccessLogs(
    StateDatabase database,
    RecentTraffic traffic,
    TimeProvider clock,
    ViewerNetworks? networks = null
)
{
    public Task<LogState?> FindAsync(string firstLine) =>
        database.ReadAsync(session => AccessLogTable.Find(session, Convert.FromHexString(firstLine)));

    public Task<List<LogState>> ListAsync(int limit) =>
        database.ReadAsync(session => AccessLogTable.List(session, limit));

    /// <summary>False: the log stands elsewhere than at the batch's start.</summary>
    public async Task<bool> BookAsync(LogBatch batch)
    {
        DateTimeOffset now = clock.GetUtcNow();
        List<LedgerDelta>? deltas = await database.WriteAsync(session => Book(session, batch, now, networks));
        if (deltas is null)
            return false;
        traffic.Add(deltas);
        return true;
    }

    private static List<LedgerDelta>? Book(
        StateSession session,
        LogBatch batch,
        DateTimeOffset now,
        ViewerNetworks? networks
    )
    {
        LogState before =
            AccessLogTable.Find(session, Convert.FromHexString(batch.FirstLine))
            ?? new LogState
            {
                FirstLine = batch.FirstLine,
                Name = batch.Name,
                ReadBytes = 0,
                ReadHash = batch.ToHash,
            };
        if (before.ReadBytes != batch.FromOffset || batch.ToOffset < batch.FromOffset)
            return null;
        var book = new LedgerBook(session, now.ToUnixTimeSeconds(), networks);
        var deltas = new List<LedgerDelta>(batch.Counts.Count);
        long counted = 0;
        long bytes = 0;
        long unknown = batch.Unknown;
        foreach (LogCount count in batch.Counts)
        {
            IPAddress? address = IPAddress.TryParse(count.Address, out IPAddress? parsed) ? parsed : null;
            if (book.BookLogged(count.FileId, address, count.HourStart, count.Bytes) is not { } delta)
            {
                unknown += count.Lines;
                continue;
            }
            deltas.Add(delta);
            counted += count.Lines;
            bytes += count.Bytes;
        }
        AccessLogTable.Save(
            session,
            before with
            {
                Name = batch.Name,
                ReadBytes = batch.ToOffset,
                ReadHash = batch.ToHash,
                Lines = before.Lines + batch.Lines,
                Counted = before.Counted + counted,
                Malformed = before.Malformed + batch.Malformed,
                Unknown = before.Unknown + unknown,
                CdnBytes = before.CdnBytes + bytes,
                BookedAt = now,
                Problem = before.Problem.Length > 0 ? before.Problem : batch.Problem ?? "",
            }
        );
        return deltas;
    }
}

using Distribution.Contracts.Ledgers.Logs;
using Orleans.Concurrency;

namespace Distribution.Ingest.Tests.CdnLogs;

/// <summary>The ledger's side in memory: keeps to the contract of <see cref="IAccessLogGrain"/>.</summary>
internal static class RecordedLogs
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, LogState> Logs = [];
    private static readonly Dictionary<string, long> Bytes = [];
    private static readonly HashSet<string> Failing = [];

    /// <summary>Booking fails once for a log of this name, after it was booked or before: the answer is lost, or the call.</summary>
    public static void FailOnce(string name, bool afterwards)
    {
        lock (Gate)
            Failing.Add(name + afterwards);
    }

    public static long BytesOf(string fileId)
    {
        lock (Gate)
            return Bytes.GetValueOrDefault(fileId);
    }

    public static LogState? Find(string firstLine)
    {
        lock (Gate)
            return Logs.GetValueOrDefault(firstLine);
    }

    public static bool Book(LogBatch batch)
    {
        lock (Gate)
        {
            if (Failing.Remove(batch.Name + false))
                throw new TimeoutException("The ledger does not answer.");
            LogState? before = Logs.GetValueOrDefault(batch.FirstLine);
            if ((before?.ReadBytes ?? 0) != batch.FromOffset)
                return false;
            Logs[batch.FirstLine] = new LogState
            {
                FirstLine = batch.FirstLine,
                Name = batch.Name,
                ReadBytes = batch.ToOffset,
                ReadHash = batch.ToHash,
            };
            foreach (LogCount count in batch.Counts)
                Bytes[count.FileId] = Bytes.GetValueOrDefault(count.FileId) + count.Bytes;
            if (Failing.Remove(batch.Name + true))
                throw new TimeoutException("The ledger does not answer.");
            return true;
        }
    }
}

[StatelessWorker]
public sealed class RecordingLogGrain : Grain, IAccessLogGrain
{
    public Task<LogState?> FindAsync(string firstLine) => Task.FromResult(RecordedLogs.Find(firstLine));

    public Task<bool> BookAsync(LogBatch batch) => Task.FromResult(RecordedLogs.Book(batch));

    public Task<IReadOnlyList<LogState>> ListAsync(int limit) => Task.FromResult<IReadOnlyList<LogState>>([]);
}

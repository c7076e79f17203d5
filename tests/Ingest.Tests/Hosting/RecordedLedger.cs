using System.Collections.Concurrent;
using Distribution.Contracts.Ledgers;
using Orleans.Concurrency;

namespace Distribution.Ingest.Tests.Hosting;

/// <summary>A ledger in memory: counters replace earlier ones of the same key, as the contract says.</summary>
internal static class RecordedLedger
{
    private static readonly ConcurrentDictionary<
        (string Source, string Epoch, string Hash, string Address, SendKind Kind, long Hour),
        long
    > Counters = new();
    private static readonly Signal Changed = new();

    /// <summary>Reports that hold counters of these info-hashes fail, until they are taken out; the value counts the failures.</summary>
    public static ConcurrentDictionary<string, int> Refused { get; } = new();

    public static void Record(SendReport report)
    {
        foreach (string hash in report.Counters.Select(c => c.InfoHash).Where(Refused.ContainsKey))
        {
            Refused[hash]++;
            Changed.Raise();
            throw new TimeoutException("The ledger does not answer.");
        }
        foreach (SendCounter c in report.Counters)
            Counters[(report.Source, report.Epoch, c.InfoHash, c.Address, c.Kind, c.HourStart)] = c.BytesSent;
        Changed.Raise();
    }

    public static long Total(string infoHash, SendKind kind) =>
        Counters.Where(c => c.Key.Hash == infoHash && c.Key.Kind == kind).Sum(c => c.Value);

    public static IEnumerable<string> Sources(string infoHash) =>
        Counters.Keys.Where(k => k.Hash == infoHash).Select(k => k.Source).Distinct();

    public static Task WhenRefusedAsync(string infoHash, int times) =>
        Changed.WaitAsync(() => Refused.GetValueOrDefault(infoHash) >= times ? "refused" : null);

    /// <summary>Waits for exactly so many; a higher total fails at once.</summary>
    public static async Task WhenTotalAsync(string infoHash, SendKind kind, long bytes)
    {
        await Changed.WaitAsync(() => Total(infoHash, kind) >= bytes ? "there" : null);
        Assert.Equal(bytes, Total(infoHash, kind));
    }
}

[StatelessWorker]
public sealed class RecordingLedgerGrain : Grain, ILedgerGrain
{
    public Task RecordSendsAsync(SendReport report)
    {
        RecordedLedger.Record(report);
        return Task.CompletedTask;
    }
}

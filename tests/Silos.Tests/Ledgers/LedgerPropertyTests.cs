using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;
using FsCheck.Xunit;

namespace Distribution.Silos.Tests.Ledgers;

/// <summary>
/// Honest viewers, careless messengers: everything that senders, edges and viewers say is repeated, reordered, dropped, and cut by
/// restarts of ours. What was delivered is known.
/// </summary>
public sealed class LedgerPropertyTests
{
    private const long Size = 1_000_000;

    [Property(MaxTest = 25)]
    public async Task Never_exceeds_the_truth_and_buckets_always_sum_to_totals(int seed)
    {
        var random = new Random(seed);
        await using LedgerHarness ledger = await LedgerHarness.StartAsync();
        InfoHash file = await ledger.OpenFileAsync("f", Size);
        var messages = new List<Func<Task>>();
        Truth truth = default;
        int viewers = random.Next(1, 5);
        for (int viewer = 0; viewer < viewers; viewer++)
            truth += Download(ledger, file, viewer, random, messages);

        // Late, twice, or never.
        Func<Task>[] sent = [.. messages.Where(_ => random.Next(10) > 0)];
        sent = [.. sent, .. sent.Where(_ => random.Next(2) == 0)];
        random.Shuffle(sent);
        ReportBytes before = await ledger.BytesAsync();
        foreach (Func<Task> message in sent)
        {
            await message();
            if (random.Next(12) == 0)
                await ledger.RestartAsync();
            if (random.Next(6) == 0)
                ledger.Clock.Advance(TimeSpan.FromMinutes(random.Next(90)));
            if (random.Next(4) == 0)
                before = await CheckAsync(ledger, truth, before);
        }
        await CheckAsync(ledger, truth, before);

        // In the end everything arrives, in whatever order: then high is the truth itself.
        Func<Task>[] all = [.. messages];
        random.Shuffle(all);
        foreach (Func<Task> message in all)
            await message();
        ReportBytes last = await CheckAsync(ledger, truth, before);
        Assert.Equal(truth.WebSeed, last.WebSeedBytes);
        Assert.Equal(truth.Edge, last.EdgeBytes);
        Assert.Equal(truth.Delivered, last.Delivered.High);
    }

    private static async Task<ReportBytes> CheckAsync(LedgerHarness ledger, Truth truth, ReportBytes before)
    {
        SavingsReport report = await ledger.ReportAsync();
        ReportBytes bytes = report.Bytes;
        Assert.InRange(bytes.Delivered.High, bytes.Delivered.Low, truth.Delivered);
        Assert.InRange(bytes.Delivered.Low, before.Delivered.Low, truth.Delivered);
        Assert.True(bytes.Delivered.High >= before.Delivered.High);
        Assert.InRange(bytes.WebSeedBytes, before.WebSeedBytes, truth.WebSeed);
        Assert.InRange(bytes.EdgeBytes, before.EdgeBytes, truth.Edge);
        // Nothing is delivered less than what we sent: nobody here aborts.
        Assert.True(bytes.Delivered.Low >= bytes.WebSeedBytes + bytes.EdgeBytes);
        Assert.Equal(bytes.Delivered.Low, report.Buckets.Sum(static bucket => bucket.Bytes.Delivered.Low));
        Assert.Equal(bytes.Delivered.High, report.Buckets.Sum(static bucket => bucket.Bytes.Delivered.High));
        Assert.Equal(bytes.WebSeedBytes, report.Buckets.Sum(static bucket => bucket.Bytes.WebSeedBytes));
        Assert.Equal(bytes.EdgeBytes, report.Buckets.Sum(static bucket => bucket.Bytes.EdgeBytes));
        return bytes;
    }

    /// <summary>One whole download by an address of its own: some from the web seed, some from an edge, the rest from peers.</summary>
    private static Truth Download(
        LedgerHarness ledger,
        InfoHash file,
        int viewer,
        Random random,
        List<Func<Task>> messages
    )
    {
        string peer = $"peer-{viewer}";
        string address = $"203.0.113.{viewer + 1}";
        long hour = ledger.Hour;
        long placeholder = random.Next(3) switch
        {
            0 => long.MaxValue,
            1 => 16384,
            _ => Size,
        };
        messages.Add(() => ledger.AnnounceAsync(file, peer, address, AnnounceEvent.Started, placeholder));
        // Reordering can put any announce first, and what lies before that is lost to accounts: the start is known here.
        Func<Task> start = messages[^1];
        long webSeed = 0;
        long edge = 0;
        long held = 0;
        while (held < Size)
        {
            long step = Math.Min(random.Next(1, 400_000), Size - held);
            held += step;
            switch (random.Next(3))
            {
                case 0:
                    webSeed += step;
                    long webSeedSoFar = webSeed;
                    messages.Add(() => ledger.SendAsync(file, address, SendKind.WebSeed, webSeedSoFar, hour: hour));
                    break;
                case 1:
                    edge += step;
                    long edgeSoFar = edge;
                    messages.Add(() =>
                        ledger.SendAsync(file, address, SendKind.Edge, edgeSoFar, source: "edge/e", hour: hour)
                    );
                    break;
            }
            long gained = held;
            messages.Add(() => ledger.WitnessAsync(file, peer, address, gained));
            bool completes = held == Size;
            messages.Add(async () =>
            {
                await start();
                await ledger.AnnounceAsync(
                    file,
                    peer,
                    address,
                    completes ? AnnounceEvent.Completed : AnnounceEvent.None,
                    Size - gained,
                    nothingDownloaded: false
                );
            });
        }
        return new Truth(webSeed, edge, Size);
    }

    private readonly record struct Truth(long WebSeed, long Edge, long Delivered)
    {
        public static Truth operator +(Truth left, Truth right) =>
            new(left.WebSeed + right.WebSeed, left.Edge + right.Edge, left.Delivered + right.Delivered);
    }
}

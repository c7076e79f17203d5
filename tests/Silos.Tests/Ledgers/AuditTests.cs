using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Edges;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Ledgers;

namespace Distribution.Silos.Tests.Ledgers;

/// <summary>What an edge's audits do to the low bound.</summary>
public sealed class AuditTests
{
    private const long Size = 100_000_000;
    private const string Home = "203.0.113.5";

    private static readonly AuditCounts _right = new(1, 0, 0);
    private static readonly AuditCounts _silent = new(0, 1, 0);
    private static readonly AuditCounts _wrong = new(0, 0, 1);

    [Fact]
    public async Task Claims_of_who_sent_wrong_bytes_do_not_raise_low()
    {
        await using LedgerHarness ledger = await LedgerHarness.StartAsync();
        InfoHash file = await ledger.OpenFileAsync("film", Size);
        await ledger.AnnounceAsync(file, "liar", Home, AnnounceEvent.Started, Size);
        await WitnessAsync(ledger, file, "liar", Size, _wrong);
        await WitnessAsync(ledger, file, "liar", Size, default);

        SavingsReport report = await ledger.ReportAsync();
        Assert.Equal(0, report.Bytes.Delivered.Low);
        Assert.Equal([new ReportAnomaly(AnnounceAnomalies.AuditWrong, 1)], report.Anomalies);
    }

    [Fact]
    public async Task What_a_liar_claimed_before_it_was_found_out_holds_back_what_comes_next()
    {
        await using LedgerHarness ledger = await LedgerHarness.StartAsync();
        InfoHash file = await ledger.OpenFileAsync("film", Size);
        await ledger.AnnounceAsync(file, "liar", Home, AnnounceEvent.Started, Size);
        await WitnessAsync(ledger, file, "liar", 30_000_000, default);
        Assert.Equal(30_000_000, (await ledger.BytesAsync()).Delivered.Low);
        await WitnessAsync(ledger, file, "liar", 90_000_000, _wrong);
        Assert.Equal(30_000_000, (await ledger.BytesAsync()).Delivered.Low);

        // An honest viewer behind the same address, and what we sent, count from there on.
        await ledger.AnnounceAsync(file, "honest", Home, AnnounceEvent.Started, Size);
        await WitnessAsync(ledger, file, "honest", 20_000_000, _right);
        Assert.Equal(30_000_000, (await ledger.BytesAsync()).Delivered.Low);
        await WitnessAsync(ledger, file, "honest", 50_000_000, _right);
        Assert.Equal(50_000_000, (await ledger.BytesAsync()).Delivered.Low);
        await ledger.SendAsync(file, Home, SendKind.Edge, 60_000_000, source: "edge/a");
        Assert.Equal(60_000_000, (await ledger.BytesAsync()).Delivered.Low);
    }

    [Fact]
    public async Task Who_did_not_answer_counts_and_is_shown_unless_it_ever_answered()
    {
        await using LedgerHarness ledger = await LedgerHarness.StartAsync();
        InfoHash file = await ledger.OpenFileAsync("film", Size);
        await ledger.AnnounceAsync(file, "silent", Home, AnnounceEvent.Started, Size);
        await WitnessAsync(ledger, file, "silent", Size, _silent);
        await WitnessAsync(ledger, file, "silent", Size, _silent with { Unanswered = 2 });
        await ledger.AnnounceAsync(file, "asleep", "203.0.113.6", AnnounceEvent.Started, Size);
        await WitnessAsync(ledger, file, "asleep", Size, new AuditCounts(1, 1, 0), "203.0.113.6");

        SavingsReport report = await ledger.ReportAsync();
        Assert.Equal(2 * Size, report.Bytes.Delivered.Low);
        Assert.Equal([new ReportAnomaly(AnnounceAnomalies.AuditUnanswered, 1)], report.Anomalies);
    }

    private static Task WitnessAsync(
        LedgerHarness ledger,
        InfoHash file,
        string peer,
        long gained,
        AuditCounts audits,
        string address = Home
    ) =>
        ledger.Ledger.RecordWitnessAsync(
            file,
            [new WitnessedProgress(LedgerHarness.Peer(peer), IPAddress.Parse(address), gained, Audits: audits)]
        );
}

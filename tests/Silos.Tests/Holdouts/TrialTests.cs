using System.Net;
using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Reports;
using Distribution.Contracts.Swarms;
using Distribution.Silos.Tests.Ledgers;

namespace Distribution.Silos.Tests.Holdouts;

/// <summary>Viewers with peers beside viewers with our servers alone, in the report.</summary>
public sealed class TrialTests
{
    private const long Size = 1_000_000;

    [Fact]
    public async Task Both_groups_are_told_by_how_they_fared()
    {
        await using LedgerHarness ledger = await LedgerHarness.StartAsync();
        InfoHash file = await ledger.OpenFileAsync("f", Size);
        ledger.Holdouts.Take([KeyValuePair.Create(LedgerHarness.PublisherId, 50)], [1]);
        string[] homes = [.. Enumerable.Range(1, 120).Select(static i => $"203.0.113.{i}")];
        string[] heldOut =
        [
            .. homes.Where(home => ledger.Holdouts.Includes(LedgerHarness.PublisherId, file, IPAddress.Parse(home))),
        ];
        string[] others = [.. homes.Except(heldOut)];
        Assert.True(heldOut.Length >= 30 && others.Length >= 30);

        foreach (string home in homes)
            await ledger.AnnounceAsync(file, home, home, AnnounceEvent.Started, Size);
        // Had it all when it came: nothing to compare.
        await ledger.AnnounceAsync(file, "seed", "198.51.100.1", AnnounceEvent.Started, 0);
        ledger.Clock.Advance(TimeSpan.FromSeconds(3));
        foreach (string home in heldOut)
            await ledger.SendAsync(file, home, SendKind.WebSeed, 1000);
        ledger.Clock.Advance(TimeSpan.FromSeconds(7));
        foreach (string home in others)
            await ledger.WitnessAsync(file, home, home, 1000);
        ledger.Clock.Advance(TimeSpan.FromSeconds(10));
        foreach (string home in others.Skip(2))
            await ledger.AnnounceAsync(file, home, home, AnnounceEvent.Completed, 0);
        ledger.Clock.Advance(TimeSpan.FromSeconds(20));
        foreach (string home in heldOut.Skip(5))
            await ledger.AnnounceAsync(file, home, home, AnnounceEvent.Completed, 0);

        HoldoutComparison now = (await ledger.ReportAsync()).Holdout!;
        Assert.Equal(new HoldoutGroup(others.Length, others.Length - 2, 0, 10, 20), now.WithPeers);
        Assert.Equal(new HoldoutGroup(heldOut.Length, heldOut.Length - 5, 0, 3, 40), now.ServersOnly);
        Assert.True(now.IsEnough);
        ledger.Clock.Advance(TimeSpan.FromHours(2));
        HoldoutComparison later = (await ledger.ReportAsync("f")).Holdout!;
        Assert.Equal((2, 5), (later.WithPeers.Unfinished, later.ServersOnly.Unfinished));
    }

    [Fact]
    public async Task Who_compares_nothing_has_no_comparison()
    {
        await using LedgerHarness ledger = await LedgerHarness.StartAsync();
        InfoHash file = await ledger.OpenFileAsync("f", Size);
        await ledger.AnnounceAsync(file, "peer", "203.0.113.1", AnnounceEvent.Started, Size);
        Assert.Null((await ledger.ReportAsync()).Holdout);
    }
}

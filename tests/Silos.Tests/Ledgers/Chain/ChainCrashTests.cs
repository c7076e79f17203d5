using Distribution.BitTorrent;
using Distribution.Contracts.Ledgers;
using Distribution.Silos.Ledgers.Chain;
using Distribution.Silos.State;
using Distribution.Silos.Tests.State;
using Microsoft.Data.Sqlite;

namespace Distribution.Silos.Tests.Ledgers.Chain;

/// <summary>Closing is cut off at each of its steps, and done again: each figure is in the chain exactly once.</summary>
public sealed class ChainCrashTests
{
    private const int Files = 450;

    /// <summary>Statements of the database that are made to fail; the last one is the checkpoint of the second transaction of three.</summary>
    [Theory]
    [InlineData("INSERT ON ledger_entry WHEN NEW.seq = 0")]
    [InlineData("INSERT ON ledger_entry WHEN NEW.seq = 1")]
    [InlineData("INSERT ON ledger_entry WHEN NEW.seq = 200")]
    [InlineData("INSERT ON ledger_entry WHEN NEW.seq = 201")]
    [InlineData("INSERT ON ledger_entry WHEN NEW.seq = 202")]
    [InlineData("INSERT ON ledger_entry WHEN NEW.seq = 402")]
    [InlineData("UPDATE ON ledger_hour WHEN NEW.is_chained = 1 AND NEW.file_key = 1")]
    [InlineData("UPDATE ON ledger_hour WHEN NEW.is_chained = 1 AND NEW.file_key = 333")]
    [InlineData("UPDATE ON ledger_presence WHEN NEW.chained <> 0 AND NEW.file_key = 150")]
    [InlineData("UPDATE ON ledger_presence WHEN NEW.chained <> 0 AND NEW.file_key = 450")]
    public async Task A_step_fails_and_is_done_again(string step)
    {
        await using ChainHarness chain = await StartAsync();
        await chain.Database.WriteAsync(session =>
            session.Execute($"CREATE TRIGGER fault BEFORE {step} BEGIN SELECT RAISE(ABORT, 'fault'); END")
        );
        await Assert.ThrowsAsync<StateUnavailableException>(() => chain.Chain.CloseAsync(openHourToo: true));
        await Assert.ThrowsAsync<StateUnavailableException>(() => chain.Chain.CloseAsync(openHourToo: true));
        await chain.Database.WriteAsync(session => session.Execute("DROP TRIGGER fault"));
        await chain.RestartAsync();

        string export = await chain.ExportAsync();

        Assert.Equal(Files, ChainHarness.HoursOf(export).Count);
        await chain.AssertReportsAgreeAsync(export, files: ["f1", "f449"]);
    }

    /// <summary>The disk as a kill -9 leaves it, taken again and again while hours are closed: nothing of it was closed in order.</summary>
    [Fact]
    public async Task Whatever_is_on_the_disk_is_a_chain_that_goes_on()
    {
        using var folder = new TestFolder();
        using var copies = new TestFolder();
        await using ChainHarness chain = await StartAsync(new SqliteFile(folder.StatePath));
        var taken = new List<string>();
        await chain.Chain.GetKeyAsync();
        Task closing = chain.Chain.CloseAsync(openHourToo: true);
        while (!closing.IsCompleted || taken.Count == 0)
        {
            string copy = Path.Combine(copies.Path, $"{taken.Count}.db");
            // The log first: what is folded in meanwhile is then in both.
            File.Copy(folder.StatePath + "-wal", copy + "-wal");
            File.Copy(folder.StatePath, copy);
            taken.Add(copy);
            await Task.Yield();
        }
        await closing;
        string whole = await chain.ExportAsync();

        foreach (string copy in taken)
        {
            await using StateDatabase database = StateDatabase.Open(copy);
            using LedgerChain again = chain.NewChain(database);
            await again.CloseAsync(openHourToo: true);
            await again.CloseAsync(openHourToo: true);
            Assert.Equal(await SumsAsync(chain.Database), await SumsAsync(database));
        }
        Assert.Equal(Files, ChainHarness.HoursOf(whole).Count);
        TestContext.Current.TestOutputHelper?.WriteLine($"{taken.Count} copies");
    }

    private static Task<(long Rows, long Chained, long Open)> SumsAsync(StateDatabase database) =>
        database.ReadAsync(session =>
            (
                session.Scalar("SELECT COUNT(*) FROM ledger_entry WHERE line LIKE '%\"kind\":\"hour\"%'"),
                session.Scalar("SELECT CAST(SUM(chained_low) AS BIGINT) FROM ledger_hour"),
                session.Scalar("SELECT COUNT(*) FROM ledger_hour WHERE is_chained = 0")
            )
        );

    private static async Task<ChainHarness> StartAsync(ITestStore? store = null)
    {
        ChainHarness chain = await ChainHarness.StartAsync(store ?? new SqliteTestStore());
        var counters = new List<SendCounter>();
        for (int i = 0; i < Files; i++)
        {
            InfoHash file = await chain.Ledger.OpenFileAsync($"f{i}", 1_000_000);
            counters.Add(
                new SendCounter(file.ToString(), "203.0.113.1", SendKind.WebSeed, chain.Ledger.Hour, 1000 + i)
            );
        }
        await chain.Ledger.Ledger.RecordSendsAsync(new SendReport("webseed/a", "0000000000000001", counters));
        return chain;
    }

    private sealed class SqliteFile(string path) : ITestStore
    {
        public Task<StateDatabase> OpenAsync() => Task.FromResult(StateDatabase.Open(path));

        public void Dispose() => SqliteConnection.ClearAllPools();
    }
}

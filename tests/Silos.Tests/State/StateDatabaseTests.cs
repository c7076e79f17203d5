using Distribution.Silos.State;
using Microsoft.Data.Sqlite;

namespace Distribution.Silos.Tests.State;

public sealed class StateDatabaseTests : IDisposable
{
    private const string Insert =
        "INSERT INTO published_file (file_id, publisher_id, created_at, state, record) VALUES ($1, 'p', 0, 0, $2)";
    private const string Count = "SELECT COUNT(*) FROM published_file";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_answered_is_there_after_reopening()
    {
        await using (StateDatabase database = StateDatabase.Open(_folder.StatePath))
        {
            await Task.WhenAll(
                Enumerable
                    .Range(0, 500)
                    .Select(i => database.WriteAsync(session => session.Execute(Insert, $"{i}", Bytes(1))))
            );
            Assert.Equal(500, await database.ReadAsync(session => session.Scalar(Count)));
        }
        await using StateDatabase again = StateDatabase.Open(_folder.StatePath);
        Assert.Equal(500, await again.ReadAsync(session => session.Scalar(Count)));
    }

    [Fact]
    public async Task Is_durable_by_setting()
    {
        await using StateDatabase database = StateDatabase.Open(_folder.StatePath);

        Assert.Equal(
            "wal",
            (
                await database.WriteAsync(session =>
                    session.Query("PRAGMA journal_mode", static row => row.GetString(0))
                )
            )[0]
        );
        // 2: FULL
        Assert.Equal(2, await database.WriteAsync(session => session.Scalar("PRAGMA synchronous")));
    }

    [Fact]
    public async Task A_change_that_throws_leaves_no_trace_and_fails_alone()
    {
        await using StateDatabase database = StateDatabase.Open(_folder.StatePath);
        using var hold = new ManualResetEventSlim();
        // The writer is held, so that all that follows lands in one batch.
        Task held = database.WriteAsync(_ => hold.Wait(TestContext.Current.CancellationToken));
        Task good = database.WriteAsync(session => session.Execute(Insert, "good", Bytes(1)));
        Task thrower = database.WriteAsync(session =>
        {
            session.Execute(Insert, "bad", Bytes(1));
            throw new InvalidOperationException("no");
        });
        Task duplicate = database.WriteAsync(session => session.Execute(Insert, "good", Bytes(1)));
        Task other = database.WriteAsync(session => session.Execute(Insert, "other", Bytes(1)));
        hold.Set();

        await held;
        await good;
        await other;
        await Assert.ThrowsAsync<InvalidOperationException>(() => thrower);
        await Assert.ThrowsAsync<StateUnavailableException>(() => duplicate);
        Assert.Equal(
            ["good", "other"],
            await database.ReadAsync(session =>
                session.Query("SELECT file_id FROM published_file ORDER BY file_id", static row => row.GetString(0))
            )
        );
    }

    [Fact]
    public async Task A_full_disk_is_told_and_later_changes_work_again()
    {
        await using StateDatabase database = StateDatabase.Open(_folder.StatePath);
        await database.WriteAsync(session => session.Execute(Insert, "before", Bytes(1)));
        // SQLite's own "database or disk is full", from a file that may not grow.
        await database.WriteAsync(session =>
        {
            long pages = session.Scalar("PRAGMA page_count");
            session.Scalar($"PRAGMA max_page_count = {pages}");
        });

        Task<int>[] refused =
        [
            .. Enumerable
                .Range(0, 20)
                .Select(i => database.WriteAsync(session => session.Execute(Insert, $"large-{i}", Bytes(100_000)))),
        ];
        foreach (Task<int> task in refused)
        {
            StateUnavailableException told = await Assert.ThrowsAsync<StateUnavailableException>(() => task);
            Assert.Contains("No room left", told.Message, StringComparison.Ordinal);
        }

        await database.WriteAsync(session => session.Scalar("PRAGMA max_page_count = 1000000"));
        await database.WriteAsync(session => session.Execute(Insert, "after", Bytes(100_000)));
        Assert.Equal(2, await database.ReadAsync(session => session.Scalar(Count)));
    }

    [Fact]
    public async Task A_lock_by_another_process_is_told_and_later_changes_work_again()
    {
        await using StateDatabase database = StateDatabase.Open(_folder.StatePath);
        await database.WriteAsync(session => session.Execute("PRAGMA busy_timeout = 1"));
        using (var other = new SqliteConnection($"Data Source={_folder.StatePath};Pooling=False"))
        {
            other.Open();
            using SqliteCommand begin = other.CreateCommand();
            begin.CommandText = "BEGIN IMMEDIATE";
            begin.ExecuteNonQuery();

            StateUnavailableException told = await Assert.ThrowsAsync<StateUnavailableException>(() =>
                database.WriteAsync(session => session.Execute(Insert, "x", Bytes(1)))
            );
            Assert.Contains("locked", told.Message, StringComparison.Ordinal);
        }
        await database.WriteAsync(session => session.Execute(Insert, "x", Bytes(1)));
        Assert.Equal(1, await database.ReadAsync(session => session.Scalar(Count)));
    }

    [Fact]
    public void A_file_that_is_no_database_is_told()
    {
        File.WriteAllBytes(_folder.StatePath, Bytes(8192));

        StateUnavailableException told = Assert.Throws<StateUnavailableException>(() =>
            StateDatabase.Open(_folder.StatePath)
        );
        Assert.Contains("damaged", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_a_later_version_is_told()
    {
        await using (StateDatabase database = StateDatabase.Open(_folder.StatePath))
            await database.WriteAsync(session => session.Execute("PRAGMA user_version = 99"));

        StateUnavailableException told = Assert.Throws<StateUnavailableException>(() =>
            StateDatabase.Open(_folder.StatePath)
        );
        Assert.Contains("later version", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_the_first_version_is_brought_up_with_all_that_is_in_it()
    {
        await using (StateDatabase database = StateDatabase.Open(_folder.StatePath))
        {
            await database.WriteAsync(session =>
            {
                session.Execute("ALTER TABLE ledger_file DROP COLUMN info_hash_v2");
                session.Execute(
                    "INSERT INTO ledger_file (file_key, info_hash, file_id, is_current, is_open, completed) "
                        + "VALUES (1, $1, 'f', 1, 1, 3)",
                    new byte[20]
                );
                return session.Execute("PRAGMA user_version = 1");
            });
        }

        for (int opening = 0; opening < 2; opening++)
        {
            await using StateDatabase again = StateDatabase.Open(_folder.StatePath);
            Assert.Equal(2, await again.ReadAsync(session => session.Scalar("PRAGMA user_version")));
            Assert.Equal(
                3,
                await again.ReadAsync(session =>
                    session.Scalar("SELECT completed FROM ledger_file WHERE info_hash_v2 IS NULL")
                )
            );
        }
    }

    [Fact]
    public async Task After_closing_calls_are_refused()
    {
        StateDatabase database = StateDatabase.Open(_folder.StatePath);
        await database.DisposeAsync();
        await database.DisposeAsync();

        await Assert.ThrowsAsync<StateUnavailableException>(() => database.WriteAsync(_ => 1));
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        Array.Fill(bytes, (byte)'x');
        return bytes;
    }
}

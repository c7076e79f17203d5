using System.Globalization;
using Distribution.Silos.State;
using Microsoft.Data.Sqlite;

namespace Distribution.Silos.Tests.State;

/// <summary>What is SQLite's own; what every engine promises is in <see cref="StateContract"/>.</summary>
public sealed class SqliteStateTests : StateContract
{
    private const string Insert =
        "INSERT INTO published_file (file_id, publisher_id, created_at, state, record) VALUES ($1, 'p', 0, 0, $2)";
    private const string Count = "SELECT COUNT(*) FROM published_file";

    private readonly TestFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private protected override ITestStore NewStore() => new SqliteTestStore();

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
    public async Task Its_writer_yields_to_other_threads()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Priorities are Linux'.");
        await using StateDatabase database = StateDatabase.Open(_folder.StatePath);

        int own = Niceness();
        Assert.Equal(Math.Min(own + LowPriority.Niceness, 19), await database.WriteAsync(_ => Niceness()));
        Assert.Equal(own, Niceness());

        // proc_pid_stat(5): the 19th field, of which the second stands in brackets and may hold anything.
        static int Niceness()
        {
            string line = File.ReadAllText("/proc/thread-self/stat");
            return int.Parse(line[(line.LastIndexOf(')') + 2)..].Split(' ')[16], CultureInfo.InvariantCulture);
        }
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
        using (var file = new SqliteConnection($"Data Source={_folder.StatePath};Pooling=False"))
        {
            file.Open();
            using SqliteCommand make = file.CreateCommand();
            make.CommandText =
                StateSchema.Steps[0]
                + """
                    INSERT INTO ledger_file (file_key, info_hash, file_id, is_current, is_open, completed)
                      VALUES (1, zeroblob(20), 'f', 1, 1, 3);
                    PRAGMA user_version = 1;
                    """;
            make.ExecuteNonQuery();
        }

        for (int opening = 0; opening < 2; opening++)
        {
            await using StateDatabase again = StateDatabase.Open(_folder.StatePath);
            Assert.Equal(StateSchema.Version, await again.ReadAsync(session => session.Scalar("PRAGMA user_version")));
            Assert.Equal(
                3,
                await again.ReadAsync(session =>
                    session.Scalar("SELECT completed FROM ledger_file WHERE info_hash_v2 IS NULL")
                )
            );
        }
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        Array.Fill(bytes, (byte)'x');
        return bytes;
    }
}

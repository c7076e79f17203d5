using Distribution.PostgresServers;
using Distribution.Silos.State;

namespace Distribution.Silos.Tests.State;

/// <summary>What is PostgreSQL's own; what every engine promises is in <see cref="StateContract"/>.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresStateTests(PostgresFixture postgres) : StateContract
{
    private protected override ITestStore NewStore() => new PostgresTestStore(postgres.Server);

    [Fact]
    public async Task Silos_that_start_together_make_the_tables_once()
    {
        string connection = await postgres.Server.CreateDatabaseAsync();

        StateDatabase[] opened = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => Task.Run(() => StateDatabase.OpenPostgres(connection)))
        );

        foreach (StateDatabase database in opened)
            await database.DisposeAsync();
        Assert.Equal(2L, await PostgresServer.ExecuteAsync(connection, "SELECT COUNT(*) FROM distribution_schema"));
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Nonsense=1;Database=d", "Nonsense", true)]
    [InlineData("Database=d", "no Host", true)]
    [InlineData("Host=127.0.0.1", "no Database", true)]
    [InlineData("Host=127.0.0.1;Port=1;Database=d;Username=u;Password=secret", "cannot be reached", false)]
    public void What_cannot_be_opened_is_told_in_one_line_without_the_password(string text, string told, bool isForm)
    {
        Assert.Equal(!isForm, PostgresAddress.IsValid(text, out string? problem));
        problem ??= Assert.Throws<StateUnavailableException>(() => StateDatabase.OpenPostgres(text)).Message;

        Assert.Contains(told, problem, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\n', problem);
        Assert.DoesNotContain("secret", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_an_unknown_database_and_missing_rights_are_told()
    {
        string connection = await postgres.Server.CreateDatabaseAsync();
        await PostgresServer.ExecuteAsync(connection, "CREATE ROLE weak LOGIN PASSWORD 'weak'");
        string weak = connection
            .Replace("Username=distribution", "Username=weak", StringComparison.Ordinal)
            .Replace(PostgresServer.Password, "weak", StringComparison.Ordinal);

        Assert.Contains(
            "refuses the user",
            Problem(connection.Replace(PostgresServer.Password, "wrong", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "does not exist",
            Problem(postgres.Server.ConnectionString("nowhere")),
            StringComparison.Ordinal
        );
        Assert.Contains("too few rights", Problem(weak), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("state")]
    [InlineData("cluster")]
    public async Task Tables_of_a_later_version_are_told(string part)
    {
        string connection = await postgres.Server.CreateDatabaseAsync();
        await StateDatabase.OpenPostgres(connection).DisposeAsync();
        await PostgresServer.ExecuteAsync(
            connection,
            $"UPDATE distribution_schema SET version = 99 WHERE part = '{part}'"
        );

        Assert.Contains("later version", Problem(connection), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_was_ended_is_replaced_and_nobody_notices()
    {
        string connection = await postgres.Server.CreateDatabaseAsync();
        await using StateDatabase database = StateDatabase.OpenPostgres(connection);
        await SharedValues.GetOrKeepAsync(database, "a", [1]);
        await SharedValues.ListAsync(database, "");

        await PostgresServer.ExecuteAsync(
            connection,
            "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity "
                + "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        );

        await SharedValues.GetOrKeepAsync(database, "b", [2]);
        Assert.Equal(
            [
                [1],
                [2],
            ],
            await SharedValues.ListAsync(database, "")
        );
    }

    [Fact]
    public async Task A_database_that_is_away_is_told_and_later_changes_work_again()
    {
        await using PostgresServer server = await PostgresServer.StartAsync();
        await using StateDatabase database = StateDatabase.OpenPostgres(await server.CreateDatabaseAsync());
        await SharedValues.GetOrKeepAsync(database, "a", [1]);
        await server.StopAsync();

        Task<byte[]>[] refused =
        [
            .. Enumerable.Range(0, 20).Select(i => SharedValues.GetOrKeepAsync(database, $"lost/{i}", [9])),
        ];
        foreach (Task<byte[]> task in refused)
        {
            StateUnavailableException told = await Assert.ThrowsAsync<StateUnavailableException>(() => task);
            Assert.Contains("cannot be reached", told.Message, StringComparison.Ordinal);
        }
        await Assert.ThrowsAsync<StateUnavailableException>(() => SharedValues.ListAsync(database, ""));

        await server.StartAgainAsync();
        await SharedValues.GetOrKeepAsync(database, "b", [2]);
        Assert.Equal(
            [
                [1],
                [2],
            ],
            await SharedValues.ListAsync(database, "")
        );
    }

    [Fact]
    public async Task A_silo_that_hangs_with_the_writers_lock_loses_it()
    {
        string connection = await postgres.Server.CreateDatabaseAsync();
        await using StateDatabase hanging = StateDatabase.OpenPostgres(connection);
        await using StateDatabase other = StateDatabase.OpenPostgres(connection);
        using var hang = new ManualResetEventSlim();
        Task<int> hung = hanging.WriteAsync(session =>
        {
            int rows = session.Execute("INSERT INTO shared_value (name, value) VALUES ('hung', $1)", new byte[1]);
            hang.Wait(TestContext.Current.CancellationToken);
            return rows;
        });

        await SharedValues.GetOrKeepAsync(other, "goes on", [1]);
        Assert.False(hung.IsCompleted);
        Assert.Equal(
            [
                [1],
            ],
            await SharedValues.ListAsync(other, "")
        );

        // Its own change is made again, on a new connection.
        hang.Set();
        Assert.Equal(1, await hung);
        Assert.Equal(2, (await SharedValues.ListAsync(other, "")).Count);
    }

    private static string Problem(string connection) =>
        Assert.Throws<StateUnavailableException>(() => StateDatabase.OpenPostgres(connection)).Message;
}

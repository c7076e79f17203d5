using Distribution.Silos.State;

namespace Distribution.Silos.Tests.State;

/// <summary>What the state database promises, on every engine.</summary>
public abstract class StateContract : IAsyncLifetime
{
    private const string Insert =
        "INSERT INTO published_file (file_id, publisher_id, created_at, state, record) VALUES ($1, 'p', 0, 0, $2)";
    private const string Count = "SELECT COUNT(*) FROM published_file";

    private ITestStore? _store;
    private StateDatabase _database = null!;

    public async ValueTask InitializeAsync()
    {
        _store = NewStore();
        _database = await _store.OpenAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_database is not null)
            await _database.DisposeAsync();
        _store?.Dispose();
    }

    private protected abstract ITestStore NewStore();

    [Fact]
    public async Task What_was_answered_is_there_after_reopening()
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, 500)
                .Select(i => _database.WriteAsync(session => session.Execute(Insert, $"{i}", new byte[1])))
        );
        Assert.Equal(500, await _database.ReadAsync(session => session.Scalar(Count)));
        await ReopenAsync();
        Assert.Equal(500, await _database.ReadAsync(session => session.Scalar(Count)));
    }

    [Fact]
    public async Task A_change_that_throws_leaves_no_trace_and_fails_alone()
    {
        using var hold = new ManualResetEventSlim();
        // The writer is held, so that all that follows lands in one batch.
        Task held = _database.WriteAsync(_ => hold.Wait(TestContext.Current.CancellationToken));
        Task good = _database.WriteAsync(session => session.Execute(Insert, "good", new byte[1]));
        Task thrower = _database.WriteAsync(session =>
        {
            session.Execute(Insert, "bad", new byte[1]);
            throw new InvalidOperationException("no");
        });
        Task duplicate = _database.WriteAsync(session => session.Execute(Insert, "good", new byte[1]));
        Task other = _database.WriteAsync(session => session.Execute(Insert, "other", new byte[1]));
        hold.Set();

        await held;
        await good;
        await other;
        await Assert.ThrowsAsync<InvalidOperationException>(() => thrower);
        await Assert.ThrowsAsync<StateUnavailableException>(() => duplicate);
        Assert.Equal(
            ["good", "other"],
            await _database.ReadAsync(session =>
                session.Query("SELECT file_id FROM published_file ORDER BY file_id", static row => row.GetString(0))
            )
        );
    }

    [Fact]
    public async Task Of_many_who_read_and_then_write_none_loses_anothers_change()
    {
        await using StateDatabase second = await _store!.OpenAsync();
        await _database.WriteAsync(session => session.Execute(Insert, "0", new byte[1]));

        // The next number is the largest and one: two writers at a time would take the same.
        await Task.WhenAll(
            Enumerable
                .Range(0, 200)
                .Select(i =>
                    (i % 2 == 0 ? _database : second).WriteAsync(session =>
                        session.Execute(Insert, $"{session.Scalar(Count)}", new byte[1])
                    )
                )
        );

        Assert.Equal(201, await second.ReadAsync(session => session.Scalar(Count)));
    }

    [Fact]
    public async Task The_first_of_a_shared_value_is_everybodys()
    {
        await using StateDatabase second = await _store!.OpenAsync();

        byte[][] answers = await Task.WhenAll(
            SharedValues.GetOrKeepAsync(_database, "keys/a", [1]),
            SharedValues.GetOrKeepAsync(second, "keys/a", [2])
        );
        await SharedValues.GetOrKeepAsync(second, "keys/b", [3]);
        await SharedValues.GetOrKeepAsync(second, "other", [4]);

        Assert.Equal(answers[0], answers[1]);
        await ReopenAsync();
        Assert.Equal([answers[0], [3]], await SharedValues.ListAsync(_database, "keys/"));
    }

    [Fact]
    public async Task Grain_state_is_kept_and_two_activations_are_noticed()
    {
        var storage = new StateGrainStorage(_database);
        GrainId grain = GrainId.Create("swarm", "x");
        var first = new GrainState<List<string>>([]);
        await storage.ReadStateAsync("s", grain, first);
        Assert.False(first.RecordExists);
        var other = new GrainState<List<string>>([]);
        await storage.ReadStateAsync("s", grain, other);

        first.State!.Add("one");
        await storage.WriteStateAsync("s", grain, first);
        first.State.Add("two");
        await storage.WriteStateAsync("s", grain, first);
        await Assert.ThrowsAsync<Orleans.Storage.InconsistentStateException>(() =>
            storage.WriteStateAsync("s", grain, other)
        );

        await ReopenAsync();
        storage = new StateGrainStorage(_database);
        await storage.ReadStateAsync("s", grain, other);
        Assert.Equal(["one", "two"], other.State!);
        await storage.ClearStateAsync("s", grain, other);
        await storage.ReadStateAsync("s", grain, first);
        Assert.False(first.RecordExists);
    }

    [Fact]
    public async Task After_closing_calls_are_refused()
    {
        await _database.DisposeAsync();
        await _database.DisposeAsync();

        await Assert.ThrowsAsync<StateUnavailableException>(() => _database.WriteAsync(_ => 1));
    }

    private async Task ReopenAsync()
    {
        await _database.DisposeAsync();
        _database = await _store!.OpenAsync();
    }
}

using Distribution.PostgresServers;
using Distribution.Silos.State;

namespace Distribution.Silos.Tests.State;

/// <summary>Where a test's state is kept: it can be closed and opened again.</summary>
internal interface ITestStore : IDisposable
{
    Task<StateDatabase> OpenAsync();
}

internal sealed class SqliteTestStore : ITestStore
{
    private readonly TestFolder _folder = new();

    public Task<StateDatabase> OpenAsync() => Task.FromResult(StateDatabase.Open(_folder.StatePath));

    public void Dispose() => _folder.Dispose();
}

/// <summary>A database of its own, empty at first.</summary>
internal sealed class PostgresTestStore(PostgresServer server) : ITestStore
{
    private string? _connectionString;

    public async Task<StateDatabase> OpenAsync() =>
        StateDatabase.OpenPostgres(_connectionString ??= await server.CreateDatabaseAsync());

    // It goes with the server.
    public void Dispose() { }
}

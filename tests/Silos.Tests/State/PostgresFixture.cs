using Distribution.PostgresServers;

namespace Distribution.Silos.Tests.State;

/// <summary>One PostgreSQL for the tests that use it; each has a database of its own.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private PostgresServer? _server;

    internal PostgresServer Server
    {
        get
        {
            if (_server is null && Environment.GetEnvironmentVariable("CI") == "true")
                Assert.Fail("PostgreSQL is not installed, and CI must have it.");
            Assert.SkipWhen(_server is null, "PostgreSQL is not installed.");
            return _server!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.Programs is not null)
            _server = await PostgresServer.StartAsync();
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>Tests on the one PostgreSQL run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresFixture>
{
    public const string Name = "postgres";
}

using System.Security.Cryptography;
using Distribution.EndToEnd.Tests.Harness;
using Distribution.PostgresServers;

namespace Distribution.EndToEnd.Tests.Cluster;

/// <summary>Two servers on one database and one store. Whatever a test does to them, the next has both.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    private readonly TempFolder _temp = new();
    private PostgresServer? _postgres;
    private DistributionServer? _first;
    private DistributionServer? _second;

    internal PostgresServer Postgres
    {
        get
        {
            Requires.That(_postgres is not null, "PostgreSQL is not installed");
            return _postgres!;
        }
    }

    internal DistributionServer First => _first!;

    internal DistributionServer Second => _second!;

    internal string Database { get; private set; } = "";

    internal string Blobs => _temp.File("blobs");

    /// <summary>Starts again what has ended, as systemd would, and tells what it said last. Skips where there is no database.</summary>
    internal async Task BothRunAsync()
    {
        _ = Postgres;
        foreach (DistributionServer server in new[] { First, Second })
        {
            if (!server.Program.HasExited)
                continue;
            TestContext.Current.TestOutputHelper?.WriteLine($"{server.Url} had ended.\n{server.Program.Transcript()}");
            await server.StartAgainAsync();
        }
    }

    /// <summary>A file of random bytes, published at the first server.</summary>
    internal async Task<PublishedVideo> PublishAsync(int sizeBytes)
    {
        string path = _temp.File($"{Guid.NewGuid():N}.bin");
        await File.WriteAllBytesAsync(path, RandomNumberGenerator.GetBytes(sizeBytes));
        var tus = new Tus(First);
        return await tus.FinishAsync(await tus.CreateAsync(Path.GetFileName(path), sizeBytes), path);
    }

    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.Programs is null)
            return;
        _postgres = await PostgresServer.StartAsync();
        Database = await _postgres.CreateDatabaseAsync();
        // Together: they race for the tables, the keys and the store.
        DistributionServer[] servers = await Task.WhenAll(StartAsync(), StartAsync());
        (_first, _second) = (servers[0], servers[1]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (DistributionServer? server in new[] { _first, _second })
        {
            if (server is not null)
                await server.DisposeAsync();
        }
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        _temp.Dispose();
    }

    private Task<DistributionServer> StartAsync() =>
        DistributionServer.StartAsync(
            new ServerSettings { WithEdge = false, MoreArguments = ["--db", Database, "--blobs", Blobs] }
        );
}

namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>One server with an edge and a small published video, for tests that leave it as they found it.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    public const string Collection = "shared server";

    internal DistributionServer Server { get; private set; } = null!;

    internal TestVideo Source { get; private set; } = null!;

    internal PublishedVideo Video { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Source = await Videos.OfAsync(24);
        Server = await DistributionServer.StartAsync();
        Video = await Server.PublishAsync(Source.Path);
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null)
            await Server.DisposeAsync();
    }
}

[CollectionDefinition(SharedServer.Collection)]
public sealed class SharedServerCollection : ICollectionFixture<SharedServer>;

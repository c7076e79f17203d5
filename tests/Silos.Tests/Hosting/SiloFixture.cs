using Distribution.Silos.Tests.Announces;

namespace Distribution.Silos.Tests.Hosting;

/// <summary>One silo for all tests that do not restart theirs; each uses files of its own.</summary>
public sealed class SiloFixture : IUdpSilo, IAsyncLifetime
{
    private readonly TestFolder _folder = new();

    internal SiloHost Host { get; private set; } = null!;

    SiloHost IUdpSilo.Host => Host;

    public async ValueTask InitializeAsync() => Host = await SiloHost.StartAsync(_folder.StatePath);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _folder.Dispose();
    }
}

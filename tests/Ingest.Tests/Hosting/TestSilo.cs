using Distribution.Ingest.Tests.Hosting;
using Orleans.TestingHost;

[assembly: AssemblyFixture(typeof(TestSilo))]

namespace Distribution.Ingest.Tests.Hosting;

/// <summary>A real silo with recording grains, one for all tests.</summary>
public sealed class TestSilo : IAsyncLifetime
{
    private InProcessTestCluster? _cluster;

    public IGrainFactory Grains => _cluster!.Client;

    public async ValueTask InitializeAsync()
    {
        _cluster = new InProcessTestClusterBuilder(1).Build();
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster!.StopAllSilosAsync();
        await _cluster.DisposeAsync();
    }
}

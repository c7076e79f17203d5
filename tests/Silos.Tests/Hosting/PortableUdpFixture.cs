using Distribution.Silos.Hosting;
using Distribution.Silos.Tests.Announces;

namespace Distribution.Silos.Tests.Hosting;

/// <summary>A silo whose UDP tracker receives as it would on any system.</summary>
public sealed class PortableUdpFixture : IUdpSilo, IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private SiloHost _host = null!;

    SiloHost IUdpSilo.Host => _host;

    public async ValueTask InitializeAsync() =>
        _host = await SiloHost.StartAsync(
            new SiloOptions
            {
                StatePath = _folder.StatePath,
                UdpPort = -1,
                UdpInBatches = false,
            }
        );

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }
}

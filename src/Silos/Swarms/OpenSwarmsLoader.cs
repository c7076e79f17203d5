using Distribution.Silos.Ledgers;
using Microsoft.Extensions.Hosting;

namespace Distribution.Silos.Swarms;

/// <summary>Fills <see cref="OpenSwarms"/> before the host takes requests.</summary>
internal sealed class OpenSwarmsLoader(OpenSwarms openSwarms, Ledger ledger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => openSwarms.LoadAsync(ledger);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

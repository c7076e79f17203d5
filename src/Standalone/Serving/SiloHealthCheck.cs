using Distribution.Contracts.Files;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Distribution.Standalone.Serving;

/// <summary>Ready only while grains answer, from the state store: the catalog is asked for one file.</summary>
internal sealed class SiloHealthCheck(IGrainFactory grains) : IHealthCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken stop = default)
    {
        try
        {
            await grains.GetGrain<IFileCatalogGrain>(0).ListAsync(Publishers.Default, null, 1).WaitAsync(Limit, stop);
            return HealthCheckResult.Healthy();
        }
#pragma warning disable CA1031 // Whatever a grain call throws, the answer is "not ready".
        catch (Exception fault) when (fault is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return HealthCheckResult.Unhealthy($"Grains do not answer: {fault.Message}");
        }
    }
}

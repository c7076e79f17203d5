using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Distribution.Standalone.Serving;

/// <summary>Ready once every listener is bound (a host that cannot bind one does not start), until the shutdown begins.</summary>
internal sealed class StartedHealthCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken stop = default) =>
        Task.FromResult(
            lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("Shutting down.")
            : lifetime.ApplicationStarted.IsCancellationRequested ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("Starting.")
        );
}

using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Distribution.Standalone.Serving;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: 200 when it can do its work, else 503 and why.</summary>
internal static class ServeHealth
{
    public static void AddServeHealth(this IServiceCollection services) =>
        services
            .AddHealthChecks()
            .AddCheck<StartedHealthCheck>("started")
            .AddCheck<SiloHealthCheck>("silo")
            .AddCheck<StoreHealthCheck>("store");

    public static void MapServeHealth(this IEndpointRouteBuilder routes)
    {
        routes
            .MapHealthChecks(
                "/health/live",
                new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync }
            )
            .AllowAnonymous();
        routes
            .MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync })
            .AllowAnonymous();
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            new
            {
                status = report.Status.ToString(),
                checks = report.Entries.ToDictionary(
                    entry => entry.Key,
                    entry => entry.Value.Description ?? entry.Value.Status.ToString()
                ),
            }
        );
}

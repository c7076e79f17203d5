using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Distribution.Standalone.Serving;

/// <summary>Ready only while the data folder and the blobs folder take a write.</summary>
internal sealed class StoreHealthCheck(ServeOptions options) : IHealthCheck
{
    private static readonly byte[] Probe = new byte[4096];

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken stop = default)
    {
        foreach (string folder in new[] { options.DataFolder, options.BlobsFolder })
        {
            // A name of its own: checks may run at the same time.
            string path = Path.Combine(folder, $".ready-{Guid.NewGuid():N}");
            try
            {
                Directory.CreateDirectory(folder);
                await File.WriteAllBytesAsync(path, Probe, stop);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                return HealthCheckResult.Unhealthy($"{folder} cannot be written: {fault.Message}");
            }
            finally
            {
                File.Delete(path);
            }
        }
        return HealthCheckResult.Healthy();
    }
}

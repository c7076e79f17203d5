using Distribution.Ingest.Contents;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Distribution.Standalone.Serving;

/// <summary>Ready only while the data folder and the blobs folder take a write, or Azure Blob Storage answers.</summary>
internal sealed class StoreHealthCheck(ServeOptions options, IContentStore store) : IHealthCheck
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);
    private static readonly byte[] Probe = new byte[4096];

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken stop = default)
    {
        if (options.Blobs.Folder is null && await AskAsync(stop) is { } silence)
            return HealthCheckResult.Unhealthy(silence);
        foreach (string folder in new[] { options.DataFolder, options.Blobs.Folder ?? options.DataFolder }.Distinct())
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

    /// <summary>Null: it answers.</summary>
    private async Task<string?> AskAsync(CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(AnswerTimeout);
        try
        {
            await store.FindAsync(FileIds.Create(), limit.Token);
            return null;
        }
        catch (IOException fault)
        {
            return fault.Message;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return $"{options.Blobs} does not answer.";
        }
    }
}

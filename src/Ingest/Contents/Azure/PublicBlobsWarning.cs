using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distribution.Ingest.Contents.Azure;

/// <summary>Says at the start that what viewers take from <see cref="AzureStoreOptions.PublicUrl"/> is known once its access logs are imported.</summary>
internal sealed partial class PublicBlobsWarning(AzureStoreOptions options, ILogger<PublicBlobsWarning> logger)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.PublicUrl is { } url)
            Uncounted(url.Host);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // The host alone: an address may carry a signature.
    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Viewers may take blobs from {Host}: import its access logs (--cdn-logs, or distribution import-logs), or reports take those bytes for bytes of peers"
    )]
    private partial void Uncounted(string host);
}

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distribution.Ingest.Contents.Azure;

/// <summary>Says at the start that bytes which viewers take from <see cref="AzureStoreOptions.PublicUrl"/> make the savings look too high.</summary>
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
        Message = "Viewers may take blobs from {Host}: nothing counts those bytes until its logs can be imported, and reports take them for bytes of peers, so that savings are too high"
    )]
    private partial void Uncounted(string host);
}

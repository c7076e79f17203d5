using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Distribution.Ingest.CdnLogs;

/// <summary>Blobs of a container whose names begin alike.</summary>
internal sealed class BlobLogFolder(BlobContainerClient container, string prefix) : ILogFolder
{
    /// <summary>A blob that grew is read from its start: not too often.</summary>
    public TimeSpan Interval => TimeSpan.FromMinutes(2);

    public async IAsyncEnumerable<(string Name, string Version)> ListAsync(
        [EnumeratorCancellation] CancellationToken stop
    )
    {
        var found = new List<BlobItem>();
        try
        {
            await foreach (BlobItem blob in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, stop))
            {
                if (blob.Properties.ContentLength > 0)
                    found.Add(blob);
            }
        }
        catch (RequestFailedException fault)
        {
            throw new IOException($"the container {container.Name} cannot be listed: {fault.ErrorCode}", fault);
        }
        foreach (BlobItem blob in found.OrderBy(static blob => blob.Properties.LastModified))
            yield return (blob.Name, blob.Properties.ETag?.ToString() ?? "");
    }

    public async Task<Stream> OpenAsync(string name, CancellationToken stop)
    {
        try
        {
            BlobDownloadStreamingResult answer = await container
                .GetBlobClient(name)
                .DownloadStreamingAsync(cancellationToken: stop);
            return answer.Content;
        }
        catch (RequestFailedException fault)
        {
            throw new IOException($"the blob {name} cannot be read: {fault.ErrorCode}", fault);
        }
    }
}

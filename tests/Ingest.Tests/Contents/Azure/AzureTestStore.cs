using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Distribution.Ingest.Contents.Azure;

namespace Distribution.Ingest.Tests.Contents.Azure;

/// <summary>A container of its own for a test, and stores on it.</summary>
internal sealed class AzureTestStore(AzuriteServer azurite)
{
    private readonly string _container = $"test-{Guid.NewGuid():N}";

    public static readonly AzureStoreOptions Options = new()
    {
        RetryDelay = TimeSpan.FromMilliseconds(20),
        MaxRetryDelay = TimeSpan.FromMilliseconds(200),
        SweepAge = TimeSpan.Zero,
    };

    public BlobContainerClient Raw => new(azurite.ConnectionString, _container);

    /// <param name="each">Stands in each attempt's way.</param>
    public AzureContentStore Open(AzureStoreOptions? options = null, HttpPipelinePolicy? each = null)
    {
        options ??= Options;
        var client = new BlobClientOptions { RetryPolicy = new PatientRetry(options, TimeProvider.System) };
        if (each is not null)
            client.AddPolicy(each, HttpPipelinePosition.PerRetry);
        return new AzureContentStore(
            new BlobContainerClient(azurite.ConnectionString, _container, client),
            options,
            TimeProvider.System
        );
    }

    /// <summary>The names that start so, with those that have staged blocks alone.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(string prefix = "")
    {
        var names = new List<string>();
        var options = new GetBlobsOptions { Prefix = prefix, States = BlobStates.Uncommitted };
        await foreach (BlobItem blob in Raw.GetBlobsAsync(options))
            names.Add(blob.Name);
        return names;
    }
}

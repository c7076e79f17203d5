using Azure.Storage.Blobs.Models;

namespace Distribution.Ingest.Contents.Azure;

/// <summary>
/// Collects what crashes and lost answers left over, never what somebody may need. A file's way is upload, then member of a content, then
/// file: whether an id is gone is therefore asked in that order, so that none slips through from one place to the next. What is younger
/// than <see cref="AzureStoreOptions.SweepAge"/> is left alone.
/// </summary>
internal sealed class AzureSweep(
    AzureContainer container,
    SharedBlobs shared,
    AzureStoreOptions options,
    TimeProvider clock
)
{
    /// <summary>May be cut off at any point, and run in several processes.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        // Candidates first, then who might need them: see the order above.
        List<BlobItem> blobs = await OldAsync(AzureLayout.AllBytes, cancellation, BlobStates.Uncommitted);
        await SweepRecordsAsync(cancellation);
        HashSet<string> needed = await SweepContentsAsync(cancellation);
        foreach (BlobItem blob in blobs)
        {
            if (
                !needed.Contains(blob.Name)
                && AzureLayout.FileIdOf(blob.Name, AzureLayout.AllBytes) is { } id
                && !await IsUploadAsync(id, cancellation)
                && !await IsNamedAsync(blob, cancellation)
            )
                await container.DiscardAsync(blob.Name, cancellation);
        }
    }

    private async Task SweepRecordsAsync(CancellationToken cancellation)
    {
        foreach (string prefix in new[] { AzureLayout.Uploads, AzureLayout.Torrents, AzureLayout.Unconfirmed })
        {
            foreach (BlobItem blob in await OldAsync(prefix, cancellation))
            {
                if (AzureLayout.FileIdOf(blob.Name, prefix) is not { } id)
                    continue;
                bool isUpload = await IsUploadAsync(id, cancellation);
                bool isFile = await IsFileAsync(id, cancellation);
                // An upload that is a file already is only what is left of it.
                if (prefix == AzureLayout.Uploads ? isFile || !isUpload : !isFile && !isUpload)
                    await container.DeleteAsync(blob.Name, cancellation);
            }
        }
    }

    /// <summary>Lets members go that are gone.</summary>
    /// <returns>The blobs that contents name.</returns>
    private async Task<HashSet<string>> SweepContentsAsync(CancellationToken cancellation)
    {
        var needed = new HashSet<string>(StringComparer.Ordinal);
        await foreach (BlobItem blob in container.ListAsync(AzureLayout.Contents, cancellation))
        {
            string key = blob.Name[AzureLayout.Contents.Length..];
            if ((await shared.ReadAsync(key, cancellation)).Record is not { } record)
                continue;
            needed.Add(record.Blob);
            if (!IsOld(blob))
                continue;
            foreach (string id in record.Files)
            {
                if (!await IsUploadAsync(id, cancellation) && !await IsFileAsync(id, cancellation))
                    await shared.LeaveAsync(key, id, cancellation);
            }
            await shared.DropAsync(key, cancellation);
        }
        return needed;
    }

    /// <summary>Its content's record may have been made after the records were read.</summary>
    private async Task<bool> IsNamedAsync(BlobItem blob, CancellationToken cancellation) =>
        await container.HeadAsync(blob.Name, cancellation) is { } found
        && found.Metadata.TryGetValue(AzureContentStore.ContentKeyKey, out string? key)
        && await shared.NamesAsync(key, blob.Name, cancellation);

    private async Task<bool> IsUploadAsync(string id, CancellationToken cancellation) =>
        await container.HeadAsync(AzureLayout.Manifest(id), cancellation) is not null;

    private async Task<bool> IsFileAsync(string id, CancellationToken cancellation) =>
        await container.HeadAsync(AzureLayout.File(id), cancellation) is not null;

    private async Task<List<BlobItem>> OldAsync(
        string prefix,
        CancellationToken cancellation,
        BlobStates states = BlobStates.None
    )
    {
        var old = new List<BlobItem>();
        await foreach (BlobItem blob in container.ListAsync(prefix, cancellation, states: states))
        {
            if (IsOld(blob))
                old.Add(blob);
        }
        return old;
    }

    private bool IsOld(BlobItem blob) =>
        blob.Properties.LastModified is not { } changed || clock.GetUtcNow() - changed >= options.SweepAge;
}

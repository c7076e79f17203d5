using Azure;

namespace Distribution.Ingest.Contents.Azure;

/// <summary>
/// Keeps the same bytes once. Every change of a content's record is conditional on its entity tag. Its blob is deleted only after the record has
/// said, in one such step, that nobody needs it and nobody may join; and as a blob's name is an upload's id, no later content can
/// ever have it.
/// </summary>
internal sealed class SharedBlobs(AzureContainer container, OpenReaders readers)
{
    /// <summary>Counts a file among those that need some content, and says which blob that is in.</summary>
    /// <param name="commit">Makes the caller's own blob, of which nobody knows until it is whole.</param>
    public async Task<string> JoinAsync(
        string key,
        string fileId,
        long sizeBytes,
        Func<Task> commit,
        CancellationToken cancellation
    )
    {
        string own = AzureLayout.Bytes(fileId);
        bool committed = false;
        while (true)
        {
            (ContentRecord? record, ETag tag) = await ReadAsync(key, cancellation);
            if (record is { IsDoomed: false } && await IsThereAsync(record.Blob, sizeBytes, cancellation))
            {
                if (
                    record.Files.Contains(fileId)
                    || await WriteAsync(key, record with { Files = [.. record.Files, fileId] }, tag, cancellation)
                )
                    return record.Blob;
                continue;
            }
            if (!committed)
                await commit();
            committed = true;
            // Whoever dooms a record may have died before he deleted the blob, which nobody would find later.
            if (record is { IsDoomed: true } && record.Blob != own)
                await container.DeleteAsync(record.Blob, cancellation);
            IReadOnlyList<string> files = record is { IsDoomed: false } ? [.. record.Files.Except([fileId])] : [];
            if (
                await WriteAsync(
                    key,
                    new ContentRecord(own, [.. files, fileId]),
                    record is null ? null : tag,
                    cancellation
                )
            )
                return own;
        }
    }

    /// <summary>Lets a file that is gone go; with the last one go the bytes, once this process does not read them.</summary>
    public async Task LeaveAsync(string key, string fileId, CancellationToken cancellation)
    {
        while (true)
        {
            (ContentRecord? record, ETag tag) = await ReadAsync(key, cancellation);
            if (record is null || !record.Files.Contains(fileId))
                return;
            ContentRecord left = record with { Files = [.. record.Files.Except([fileId])] };
            if (!await WriteAsync(key, left, tag, cancellation))
                continue;
            await DropAsync(key, cancellation);
            return;
        }
    }

    /// <summary>Deletes content that nobody needs. Does nothing where somebody does, or reads it here.</summary>
    public async Task DropAsync(string key, CancellationToken cancellation)
    {
        (ContentRecord? record, ETag tag) = await ReadAsync(key, cancellation);
        if (record is null || (!record.IsDoomed && (record.Files.Count > 0 || readers.Has(record.Blob))))
            return;
        if (!record.IsDoomed)
        {
            ContentRecord doomed = record with { IsDoomed = true };
            if (await PutAsync(key, doomed, tag, cancellation) is not { } written)
                return; // Somebody joined.
            tag = written;
        }
        await container.DeleteAsync(record.Blob, cancellation);
        await container.DeleteAsync(AzureLayout.Content(key), cancellation, tag);
    }

    /// <summary>Whether some content's bytes are in a blob, and may still be needed there.</summary>
    public async Task<bool> NamesAsync(string key, string blob, CancellationToken cancellation) =>
        (await ReadAsync(key, cancellation)).Record is { } record && record.Blob == blob;

    public async Task<(ContentRecord? Record, ETag Tag)> ReadAsync(string key, CancellationToken cancellation)
    {
        string name = AzureLayout.Content(key);
        return await container.ReadAsync(name, cancellation) is { } blob
            ? (ContentRecord.Parse(blob.Content, name), blob.Tag)
            : (null, default);
    }

    private async Task<bool> IsThereAsync(string blob, long sizeBytes, CancellationToken cancellation) =>
        (await container.HeadAsync(blob, cancellation))?.ContentLength == sizeBytes;

    private async Task<bool> WriteAsync(string key, ContentRecord record, ETag? over, CancellationToken cancellation) =>
        await PutAsync(key, record, over, cancellation) is not null;

    private Task<ETag?> PutAsync(string key, ContentRecord record, ETag? over, CancellationToken cancellation) =>
        container.PutAsync(AzureLayout.Content(key), record.Serialize(), cancellation, over, isNew: over is null);
}

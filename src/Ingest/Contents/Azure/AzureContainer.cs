using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Distribution.Ingest.Contents.Azure;

/// <summary>
/// A container's operations as the store needs them: a condition that does not hold and a blob that is not there are values; every
/// other fault is an <see cref="IOException"/>. The only place that knows the client library's exceptions.
/// </summary>
internal sealed class AzureContainer(BlobContainerClient client)
{
    private const int MaxRecordBytes = 256 << 20;

    // MD5: the service checks it, and the alternative (CRC-64) costs the emulator three times as much.
    private static readonly UploadTransferValidationOptions Checked = new()
    {
        ChecksumAlgorithm = StorageChecksumAlgorithm.MD5,
    };

    // One request for each blob that is put.
    private static readonly StorageTransferOptions Whole = new()
    {
        InitialTransferSize = MaxRecordBytes,
        MaximumTransferSize = MaxRecordBytes,
        MaximumConcurrency = 1,
    };

    private volatile bool _exists;

    /// <summary>Null: there is no such blob.</summary>
    public Task<StoredBlob?> ReadAsync(string name, CancellationToken cancellation) =>
        RunAsync<StoredBlob?>(
            $"reading {name}",
            async () =>
            {
                await EnsureAsync(cancellation);
                BlobDownloadResult result = await client
                    .GetBlobClient(name)
                    .DownloadContentAsync(new BlobDownloadOptions(), cancellation);
                return new StoredBlob(
                    result.Content.ToMemory(),
                    result.Details.ETag,
                    result.Details.Metadata.AsReadOnly()
                );
            },
            null,
            cancellation
        );

    /// <summary>Null: there is no such blob.</summary>
    public Task<BlobProperties?> HeadAsync(string name, CancellationToken cancellation) =>
        RunAsync<BlobProperties?>(
            $"looking for {name}",
            async () =>
            {
                await EnsureAsync(cancellation);
                return await client.GetBlobClient(name).GetPropertiesAsync(cancellationToken: cancellation);
            },
            null,
            cancellation
        );

    /// <summary>Writes a whole blob in one request.</summary>
    /// <param name="over">What it may take the place of; null: anything.</param>
    /// <param name="isNew">Only where there is none yet.</param>
    /// <returns>Null: the condition does not hold.</returns>
    public async Task<ETag?> PutAsync(
        string name,
        Stream content,
        CancellationToken cancellation,
        ETag? over = null,
        bool isNew = false,
        IDictionary<string, string>? metadata = null
    )
    {
        await EnsureAsync(cancellation);
        var options = new BlobUploadOptions
        {
            Conditions = Condition(over, isNew),
            Metadata = metadata,
            TransferValidation = Checked,
            TransferOptions = Whole,
        };
        return await RunAsync<ETag?>(
            $"writing {name}",
            async () =>
            {
                content.Position = 0;
                BlobContentInfo info = await client
                    .GetBlockBlobClient(name)
                    .UploadAsync(content, options, cancellation);
                return info.ETag;
            },
            null,
            cancellation
        );
    }

    public Task<ETag?> PutAsync(
        string name,
        ReadOnlyMemory<byte> content,
        CancellationToken cancellation,
        ETag? over = null,
        bool isNew = false
    ) => PutAsync(name, new MemoryListStream(content), cancellation, over, isNew);

    /// <summary>False: there is no such blob, or it is not <paramref name="onlyIf"/> any more.</summary>
    public Task<bool> DeleteAsync(string name, CancellationToken cancellation, ETag? onlyIf = null) =>
        RunAsync(
            $"deleting {name}",
            async () =>
            {
                await client
                    .GetBlobClient(name)
                    .DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots, Condition(onlyIf, false), cancellation);
                return true;
            },
            false,
            cancellation
        );

    /// <summary>Deletes a blob together with blocks that are staged for it, of which deletion alone knows nothing.</summary>
    public async Task DiscardAsync(string name, CancellationToken cancellation)
    {
        // A blob of no blocks: what is staged and not named goes with it.
        await CommitAsync(name, [], new CommitBlockListOptions(), cancellation);
        await DeleteAsync(name, cancellation);
    }

    /// <summary>All blobs whose names start so.</summary>
    public async IAsyncEnumerable<BlobItem> ListAsync(
        string prefix,
        [EnumeratorCancellation] CancellationToken cancellation,
        BlobTraits traits = BlobTraits.None,
        BlobStates states = BlobStates.None
    )
    {
        await EnsureAsync(cancellation);
        var options = new GetBlobsOptions
        {
            Traits = traits,
            States = states,
            Prefix = prefix,
        };
        await using IAsyncEnumerator<BlobItem> items = client
            .GetBlobsAsync(options, cancellation)
            .GetAsyncEnumerator(cancellation);
        while (await RunAsync($"listing {prefix}", async () => await items.MoveNextAsync(), false, cancellation))
            yield return items.Current;
    }

    /// <summary>Stages one block; until it is committed, it is no part of the blob.</summary>
    public Task StageAsync(string name, string blockId, ReadOnlyMemory<byte> data, CancellationToken cancellation) =>
        RunAsync(
            $"staging a block of {name}",
            async () =>
            {
                await EnsureAsync(cancellation);
                await client
                    .GetBlockBlobClient(name)
                    .StageBlockAsync(
                        blockId,
                        new MemoryListStream(data),
                        new BlockBlobStageBlockOptions { TransferValidation = Checked },
                        cancellation
                    );
                return true;
            },
            false,
            cancellation
        );

    /// <summary>Makes the blob of these blocks, staged or in it already.</summary>
    /// <returns>Null: the condition does not hold.</returns>
    /// <exception cref="InvalidDataException">A block is not there.</exception>
    public async Task<ETag?> CommitAsync(
        string name,
        IEnumerable<string> blockIds,
        CommitBlockListOptions options,
        CancellationToken cancellation
    )
    {
        await EnsureAsync(cancellation);
        return await RunAsync<ETag?>(
            $"committing {name}",
            async () =>
            {
                BlobContentInfo info = await client
                    .GetBlockBlobClient(name)
                    .CommitBlockListAsync(blockIds, options, cancellation);
                return info.ETag;
            },
            null,
            cancellation
        );
    }

    /// <summary>The ids of all blocks of a blob, committed or staged.</summary>
    public Task<HashSet<string>> BlockIdsAsync(string name, CancellationToken cancellation) =>
        RunAsync(
            $"listing the blocks of {name}",
            async () =>
            {
                BlockList list = await client
                    .GetBlockBlobClient(name)
                    .GetBlockListAsync(BlockListTypes.All, cancellationToken: cancellation);
                return list
                    .CommittedBlocks.Concat(list.UncommittedBlocks)
                    .Select(block => block.Name)
                    .ToHashSet(StringComparer.Ordinal);
            },
            [],
            cancellation
        );

    /// <summary>A stretch of a blob as it comes in; null: the blob is gone, or is not <paramref name="onlyIf"/>.</summary>
    public Task<Stream?> DownloadAsync(
        string name,
        long offset,
        long length,
        ETag onlyIf,
        CancellationToken cancellation
    ) =>
        RunAsync<Stream?>(
            $"reading {name}",
            async () =>
            {
                BlobDownloadStreamingResult result = await client
                    .GetBlobClient(name)
                    .DownloadStreamingAsync(
                        new BlobDownloadOptions
                        {
                            Range = new HttpRange(offset, length),
                            Conditions = new BlobRequestConditions { IfMatch = onlyIf },
                        },
                        cancellation
                    );
                return result.Content;
            },
            null,
            cancellation
        );

    public static BlobRequestConditions? Condition(ETag? over, bool isNew) =>
        isNew ? new BlobRequestConditions { IfNoneMatch = ETag.All }
        : over is { } tag ? new BlobRequestConditions { IfMatch = tag }
        : null;

    private async Task EnsureAsync(CancellationToken cancellation)
    {
        if (_exists)
            return;
        _exists = await RunAsync(
            $"opening the container {client.Name}",
            async () =>
            {
                try
                {
                    await client.CreateIfNotExistsAsync(cancellationToken: cancellation);
                }
                catch (RequestFailedException e) when (e.Status == 403)
                {
                    // One that may not make containers may still use this one.
                }
                return true;
            },
            false,
            cancellation
        );
    }

    private static async Task<T> RunAsync<T>(
        string action,
        Func<Task<T>> call,
        T otherwise,
        CancellationToken cancellation
    )
    {
        try
        {
            return await call();
        }
        catch (RequestFailedException e) when (e.ErrorCode == "InvalidBlockList")
        {
            throw new InvalidDataException(
                "Staged blocks of the upload are gone. Azure drops those that are not committed within a week."
            );
        }
        catch (RequestFailedException e) when (AzureFault.IsConditionNotMet(e) || AzureFault.IsMissingBlob(e))
        {
            return otherwise;
        }
        catch (Exception e) when (AzureFault.IsOne(e, cancellation))
        {
            throw AzureFault.Of(e, action);
        }
    }
}

/// <summary>A small blob, read whole.</summary>
internal sealed record StoredBlob(ReadOnlyMemory<byte> Content, ETag Tag, IReadOnlyDictionary<string, string> Metadata);

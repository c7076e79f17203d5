using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Distribution.Contracts.Files;
using Distribution.Ingest.CdnLogs;
using Distribution.Ingest.WebSeeds;

namespace Distribution.Ingest.Contents.Azure;

/// <summary>A content store in a container of Azure Blob Storage. Its layout: <see cref="AzureLayout"/>.</summary>
public sealed class AzureContentStore : IContentStore
{
    internal const string OffsetKey = "offset";
    internal const string ContentKeyKey = "content";

    private const int ReadsAtATime = 16;
    private const int MaxCachedRecords = 10_000;

    private readonly AzureContainer _container;
    private readonly AzureStoreOptions _options;
    private readonly OpenReaders _readers = new();
    private readonly SharedBlobs _shared;
    private readonly ConcurrentDictionary<string, FileRecord> _records = new(StringComparer.Ordinal);

    /// <summary>Nothing is called yet; the container is made with the first call, where it is missing.</summary>
    public AzureContentStore(ContentLocation location, AzureStoreOptions options, TimeProvider clock)
        : this(location.Container(options.Container, ClientOptions(options, clock)), options, clock) { }

    internal AzureContentStore(BlobContainerClient client, AzureStoreOptions options, TimeProvider clock)
    {
        _container = new AzureContainer(client);
        _options = options;
        _shared = new SharedBlobs(_container, _readers);
        Sweep = new AzureSweep(_container, _shared, options, clock);
    }

    /// <summary>Collects what crashes left over.</summary>
    internal AzureSweep Sweep { get; }

    /// <summary>Null: there is no such bound.</summary>
    public long? FreeBytes => null;

    public async ValueTask<IContentUpload?> CreateAsync(ContentManifest manifest, CancellationToken cancellation)
    {
        _ = new BlockPlan(manifest.SizeBytes);
        // The manifest last: with it the upload exists. Ids are random, so what is there already is this call's own, repeated.
        await using (Stream journal = UploadCheckpoint.Start.Compose())
            await _container.PutAsync(
                AzureLayout.Journal(manifest.FileId),
                journal,
                cancellation,
                isNew: true,
                metadata: new Dictionary<string, string> { [OffsetKey] = "0" }
            );
        await _container.PutAsync(
            AzureLayout.Manifest(manifest.FileId),
            ContentJson.Serialize(manifest),
            cancellation,
            isNew: true
        );
        return await OpenUploadAsync(manifest.FileId, cancellation);
    }

    public async ValueTask<IContentUpload?> OpenUploadAsync(string fileId, CancellationToken cancellation)
    {
        string name = AzureLayout.Manifest(fileId);
        if (await _container.ReadAsync(name, cancellation) is not { } stored)
            return null;
        if (await _container.HeadAsync(AzureLayout.File(fileId), cancellation) is not null)
            return null;
        ContentManifest manifest = ContentJson.ReadManifest(stored.Content.Span, name);
        StoredBlob journal =
            await _container.ReadAsync(AzureLayout.Journal(fileId), cancellation)
            ?? throw new InvalidDataException($"Upload {fileId} has no journal.");
        UploadCheckpoint last = UploadCheckpoint.Parse(journal.Content, PlanOf(manifest));
        if (last.StagedBlocks > 0)
        {
            HashSet<string> there = await _container.BlockIdsAsync(AzureLayout.Bytes(fileId), cancellation);
            int missing = last.BlockIds().Count(id => !there.Contains(id));
            if (missing > 0)
                throw new InvalidDataException(
                    $"Upload {fileId}: {missing} of {last.StagedBlocks} staged blocks are gone. "
                        + "Azure drops those that are not committed within a week."
                );
        }
        return new AzureContentUpload(this, _container, manifest, last, journal.Tag);
    }

    public async IAsyncEnumerable<OpenUpload> ListUploadsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var manifests = new List<string>();
        var journals = new Dictionary<string, BlobItem>(StringComparer.Ordinal);
        await foreach (BlobItem item in _container.ListAsync(AzureLayout.Uploads, cancellation, BlobTraits.Metadata))
        {
            if (AzureLayout.FileIdOf(item.Name, AzureLayout.Uploads) is not { } id)
                continue;
            if (AzureLayout.IsManifest(item.Name))
                manifests.Add(id);
            else if (item.Name == AzureLayout.Journal(id))
                journals[id] = item;
        }
        await foreach (OpenUpload? upload in ReadEachAsync(manifests, ReadAsync, cancellation))
        {
            if (upload is not null)
                yield return upload;
        }

        async Task<OpenUpload?> ReadAsync(string id)
        {
            if (
                !journals.TryGetValue(id, out BlobItem? journal)
                || !journal.Metadata.TryGetValue(OffsetKey, out string? text)
                || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
                || await _container.ReadAsync(AzureLayout.Manifest(id), cancellation) is not { } stored
                || await _container.HeadAsync(AzureLayout.File(id), cancellation) is not null
            )
                return null;
            try
            {
                return new OpenUpload(
                    ContentJson.ReadManifest(stored.Content.Span, id),
                    offset,
                    journal.Properties.LastModified ?? DateTimeOffset.MinValue
                );
            }
            catch (InvalidDataException)
            {
                return null;
            }
        }
    }

    public async ValueTask<StoredContent?> FindAsync(string fileId, CancellationToken cancellation) =>
        (await ReadRecordAsync(fileId, cancellation))?.ToStored();

    public async IAsyncEnumerable<StoredContent> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (StoredContent content in ListAsync(AzureLayout.Files, cancellation))
            yield return content;
    }

    public async ValueTask<IContentReader?> OpenAsync(string fileId, CancellationToken cancellation)
    {
        if (await CachedRecordAsync(fileId, cancellation) is not { } record)
            return null;
        _readers.Enter(record.Blob);
        return new AzureContentReader(
            _container,
            _readers,
            record.Blob,
            new ETag(record.Tag),
            record.Manifest.SizeBytes
        );
    }

    public async ValueTask<StoredTorrent?> ReadTorrentAsync(string fileId, CancellationToken cancellation)
    {
        if (
            await CachedRecordAsync(fileId, cancellation) is null
            || await _container.ReadAsync(AzureLayout.Torrent(fileId), cancellation) is not { } blob
        )
            return null;
        ReadOnlyMemory<byte> content = blob.Content;
        int info = content.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(content.Span);
        if (info < 0 || info > content.Length - sizeof(int))
            throw new InvalidDataException($"The torrent of {fileId} is damaged.");
        return new StoredTorrent(content.Slice(sizeof(int), info), content[(sizeof(int) + info)..]);
    }

    public async IAsyncEnumerable<StoredContent> ListUnconfirmedAsync(
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        // A mark whose file is still an upload: the crash came in between.
        await foreach (StoredContent content in ListAsync(AzureLayout.Unconfirmed, cancellation))
            yield return content;
    }

    public async ValueTask ConfirmAsync(string fileId, CancellationToken cancellation) =>
        await _container.DeleteAsync(AzureLayout.UnconfirmedMark(fileId), cancellation);

    /// <inheritdoc/>
    /// <remarks>
    /// What says that it exists goes first: the upload's manifest, then the file's record. A crash later leaves only what the sweep
    /// collects.
    /// </remarks>
    public async ValueTask<bool> DeleteAsync(string fileId, CancellationToken cancellation)
    {
        // Looked for before: the answer to a deletion may get lost, and the repeated one finds nothing.
        bool wasUpload = await _container.HeadAsync(AzureLayout.Manifest(fileId), cancellation) is not null;
        StoredBlob? file = await _container.ReadAsync(AzureLayout.File(fileId), cancellation);
        StoredBlob? facts = file ?? await _container.ReadAsync(AzureLayout.Facts(fileId), cancellation);
        string? key = KeyOf(facts);
        await _container.DeleteAsync(AzureLayout.Manifest(fileId), cancellation);
        await _container.DeleteAsync(AzureLayout.File(fileId), cancellation);
        _records.TryRemove(fileId, out _);
        if (key is not null)
            await _shared.LeaveAsync(key, fileId, cancellation);
        if (wasUpload && (key is null || !await _shared.NamesAsync(key, AzureLayout.Bytes(fileId), cancellation)))
            await _container.DiscardAsync(AzureLayout.Bytes(fileId), cancellation);
        await _container.DeleteAsync(AzureLayout.Torrent(fileId), cancellation);
        await _container.DeleteAsync(AzureLayout.UnconfirmedMark(fileId), cancellation);
        await CleanAsync(fileId, cancellation);
        return wasUpload || file is not null;
    }

    public async ValueTask<Uri?> PublicUrlAsync(string fileId, CancellationToken cancellation)
    {
        if (_options.PublicUrl is not { } address || await CachedRecordAsync(fileId, cancellation) is not { } record)
            return null;
        // A folder's files lie one after another in one blob, which no client can take them from by name.
        return record.Manifest.Files is null ? BlobUrl.Of(address, record.Blob, fileId) : null;
    }

    internal static BlobHttpHeaders HeadersOf(ContentManifest manifest) =>
        new()
        {
            ContentType = manifest.ContentType,
            ContentDisposition = ContentDisposition.Attachment(manifest.Name),
            CacheControl = "no-transform",
        };

    /// <summary>
    /// From upload to file, in an order that a crash may cut off anywhere: facts, the bytes' blob, torrent and mark, the file's record,
    /// which is the step that counts, and then what is left of the upload. Until that step all can be done again.
    /// </summary>
    internal async Task PromoteAsync(
        ContentManifest manifest,
        FileContent content,
        StoredTorrent torrent,
        Func<string, Task> commit,
        CancellationToken cancellation
    )
    {
        string id = manifest.FileId;
        string key = ContentKey.Of(content, manifest.SizeBytes);
        await _container.PutAsync(
            AzureLayout.Facts(id),
            new FileRecord(manifest, ContentFacts.Of(content), "", "").Serialize(),
            cancellation
        );
        string blob = await _shared.JoinAsync(key, id, manifest.SizeBytes, () => commit(key), cancellation);
        BlobProperties bytes =
            await _container.HeadAsync(blob, cancellation) ?? throw new IOException($"{blob} has gone.");
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, torrent.InfoDictionary.Length);
        await using (var stored = new MemoryListStream(length, torrent.InfoDictionary, torrent.PieceLayers))
            await _container.PutAsync(AzureLayout.Torrent(id), stored, cancellation);
        await _container.PutAsync(AzureLayout.UnconfirmedMark(id), ReadOnlyMemory<byte>.Empty, cancellation);
        var record = new FileRecord(manifest, ContentFacts.Of(content), blob, bytes.ETag.ToString());
        await _container.PutAsync(AzureLayout.File(id), record.Serialize(), cancellation, isNew: true);
        try
        {
            await _container.DeleteAsync(AzureLayout.Manifest(id), cancellation);
            if (blob != AzureLayout.Bytes(id))
                await _container.DiscardAsync(AzureLayout.Bytes(id), cancellation);
            await CleanAsync(id, cancellation);
        }
        catch (IOException)
        {
            // The file is there; the sweep collects the rest.
        }
    }

    private async IAsyncEnumerable<StoredContent> ListAsync(
        string prefix,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var ids = new List<string>();
        await foreach (BlobItem item in _container.ListAsync(prefix, cancellation))
        {
            if (AzureLayout.FileIdOf(item.Name, prefix) is { } id)
                ids.Add(id);
        }
        await foreach (FileRecord? record in ReadEachAsync(ids, id => ReadRecordAsync(id, cancellation), cancellation))
        {
            if (record is not null)
                yield return record.ToStored();
        }
    }

    private static async IAsyncEnumerable<T> ReadEachAsync<T>(
        IEnumerable<string> ids,
        Func<string, Task<T>> read,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var reading = new Queue<Task<T>>();
        foreach (string id in ids)
        {
            cancellation.ThrowIfCancellationRequested();
            reading.Enqueue(read(id));
            if (reading.Count == ReadsAtATime)
                yield return await reading.Dequeue();
        }
        while (reading.TryDequeue(out Task<T>? task))
            yield return await task;
    }

    private async Task<FileRecord?> ReadRecordAsync(string fileId, CancellationToken cancellation)
    {
        string name = AzureLayout.File(fileId);
        return await _container.ReadAsync(name, cancellation) is { } blob ? FileRecord.Parse(blob.Content, name) : null;
    }

    /// <summary>A record never changes, so that a server of many ranges need not read it for each.</summary>
    private async Task<FileRecord?> CachedRecordAsync(string fileId, CancellationToken cancellation)
    {
        if (_records.TryGetValue(fileId, out FileRecord? cached))
            return cached;
        if (await ReadRecordAsync(fileId, cancellation) is not { } record)
            return null;
        if (_records.Count >= MaxCachedRecords)
            _records.Clear();
        _records[fileId] = record;
        return record;
    }

    private async Task CleanAsync(string fileId, CancellationToken cancellation)
    {
        await _container.DeleteAsync(AzureLayout.Manifest(fileId), cancellation);
        await _container.DeleteAsync(AzureLayout.Journal(fileId), cancellation);
        await _container.DeleteAsync(AzureLayout.Facts(fileId), cancellation);
    }

    private static string KeyOf(FileRecord record) =>
        ContentKey.Of(record.Facts.ToContent(), record.Manifest.SizeBytes);

    private static string? KeyOf(StoredBlob? facts)
    {
        try
        {
            return facts is null ? null : KeyOf(FileRecord.Parse(facts.Content, "facts"));
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            return null;
        }
    }

    private static BlockPlan PlanOf(ContentManifest manifest) =>
        manifest.SizeBytes is >= 0 and <= BlockPlan.MaxFileBytes
            ? new BlockPlan(manifest.SizeBytes)
            : throw new InvalidDataException($"Upload {manifest.FileId} is too large.");

    private static BlobClientOptions ClientOptions(AzureStoreOptions options, TimeProvider clock)
    {
        var client = new BlobClientOptions { RetryPolicy = new PatientRetry(options, clock) };
        client.Retry.NetworkTimeout = options.AttemptTimeout;
        client.Diagnostics.IsLoggingContentEnabled = false;
        return client;
    }
}

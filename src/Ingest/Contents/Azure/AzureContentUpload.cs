using System.Globalization;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs.Models;
using Distribution.Contracts.Files;

namespace Distribution.Ingest.Contents.Azure;

/// <summary>
/// An upload whose full blocks are staged on a blob of its own, and whose journal says in one conditional write how far they count. Block
/// ids carry who staged them, so a second writer of the same upload cannot touch the first one's blocks, and the journal's entity tag
/// lets only one of them go on.
/// </summary>
/// <remarks>
/// Memory: <see cref="BlockPlan.Buffers"/> blocks (24 MiB, or at most 40 MiB above 400 GB), and the hashes and state, which the journal
/// holds whole.
/// </remarks>
internal sealed class AzureContentUpload : IContentUpload
{
    private const string WriterKey = "writer";

    private readonly AzureContentStore _store;
    private readonly AzureContainer _container;
    private readonly BlockPlan _plan;
    private readonly ulong _writer = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private readonly MemoryStream _hashes = new();
    private readonly string _journalName;
    private readonly string _blob;
    private UploadCheckpoint _last;
    private ETag _tag;
    private int _marks;
    private BlockStager? _stager;

    public AzureContentUpload(
        AzureContentStore store,
        AzureContainer container,
        ContentManifest manifest,
        UploadCheckpoint last,
        ETag tag
    )
    {
        _store = store;
        _container = container;
        Manifest = manifest;
        _plan = new BlockPlan(manifest.SizeBytes);
        _journalName = AzureLayout.Journal(manifest.FileId);
        _blob = AzureLayout.Bytes(manifest.FileId);
        _last = last;
        _tag = tag;
        _hashes.Write(last.Hashes.Span);
    }

    public ContentManifest Manifest { get; }

    public long DurableBytes => _last.Offset;

    public ReadOnlyMemory<byte> PieceHashes => _hashes.GetBuffer().AsMemory(0, (int)_hashes.Length);

    public ReadOnlyMemory<byte> HashState => _last.State;

    public async ValueTask<StoreStatus> WriteAsync(
        long offset,
        ReadOnlyMemory<byte> data,
        CancellationToken cancellation
    )
    {
        cancellation.ThrowIfCancellationRequested();
        if (offset != (_stager?.Written ?? DurableBytes) || offset + data.Length > Manifest.SizeBytes)
            throw new ArgumentOutOfRangeException(nameof(offset));
        if (data.IsEmpty)
            return StoreStatus.Done;
        _stager ??= await StartAsync(cancellation);
        await _stager.WriteAsync(data, cancellation);
        return StoreStatus.Done;
    }

    public async ValueTask<StoreStatus> CheckpointAsync(
        long offset,
        ReadOnlyMemory<byte> newPieceHashes,
        ReadOnlyMemory<byte> hashState,
        CancellationToken cancellation
    )
    {
        cancellation.ThrowIfCancellationRequested();
        long written = _stager?.Written ?? DurableBytes;
        if (offset < DurableBytes || offset > written)
            throw new ArgumentException($"The upload stands at {DurableBytes}, {written} are written, not {offset}.");
        (int staged, ReadOnlyMemory<byte> tail, BlockBuffer? holder) = _stager is null
            ? (_last.StagedBlocks, _last.Tail, null)
            : await _stager.FlushAsync(offset);
        try
        {
            _hashes.Write(newPieceHashes.Span);
            var next = new UploadCheckpoint
            {
                Offset = offset,
                StagedBlocks = staged,
                Stretches = Stretches(staged),
                Hashes = PieceHashes,
                State = hashState.ToArray(),
                Tail = tail,
            };
            await RecordAsync(next, cancellation);
            // What was written since lies in the stager's block, so nobody asks for the tail again, whose memory goes back.
            if (holder is not null)
                _last = next.WithoutTail();
            return StoreStatus.Done;
        }
        finally
        {
            holder?.Release();
        }
    }

    public async ValueTask<StoreStatus> CompleteAsync(
        FileContent content,
        StoredTorrent torrent,
        CancellationToken cancellation
    )
    {
        cancellation.ThrowIfCancellationRequested();
        if (DurableBytes != Manifest.SizeBytes)
            throw new InvalidOperationException($"{DurableBytes} of {Manifest.SizeBytes} bytes are there.");
        // Fences off another writer who stands at the same offset.
        await RecordAsync(_last, cancellation);
        await _store.PromoteAsync(Manifest, content, torrent, key => CommitAsync(key, cancellation), cancellation);
        return StoreStatus.Done;
    }

    public async ValueTask DisposeAsync()
    {
        if (_stager is not null)
            await _stager.DisposeAsync();
        await _hashes.DisposeAsync();
    }

    private async Task<BlockStager> StartAsync(CancellationToken cancellation)
    {
        ReadOnlyMemory<byte> tail = _last.Tail;
        if (_plan.StartOf(_last.StagedBlocks) > DurableBytes && DurableBytes < Manifest.SizeBytes)
            tail = await ReadBackAsync(cancellation);
        return new BlockStager(_container, _blob, _plan, _writer, DurableBytes, tail);
    }

    /// <summary>
    /// The last staged block reaches beyond the offset: another writer was ahead of its checkpoint. What can be read is only what is
    /// committed, so the blocks so far are, and the start of that one is read back.
    /// </summary>
    private async Task<ReadOnlyMemory<byte>> ReadBackAsync(CancellationToken cancellation)
    {
        // First nobody else may go on: committing drops the blocks that he staged since.
        await RecordAsync(_last, cancellation);
        ETag tag = await CommitAsync(_last.BlockIds(), new CommitBlockListOptions(), cancellation);
        long start = _plan.StartOf(_last.StagedBlocks - 1);
        var tail = new byte[DurableBytes - start];
        await using Stream? blob = await _container.DownloadAsync(_blob, start, tail.Length, tag, cancellation);
        if (blob is null)
            throw TakenOver();
        try
        {
            await blob.ReadExactlyAsync(tail, cancellation);
        }
        catch (Exception e) when (AzureFault.IsOne(e, cancellation))
        {
            throw AzureFault.Of(e, "reading a block back");
        }
        return tail;
    }

    private List<UploadCheckpoint.Stretch> Stretches(int staged)
    {
        if (_stager is null || staged <= _stager.FirstBlock)
            return [.. _last.Stretches.Where(stretch => stretch.FirstBlock < staged)];
        return
        [
            .. _last.Stretches.Where(stretch => stretch.FirstBlock < _stager.FirstBlock),
            new UploadCheckpoint.Stretch(_stager.FirstBlock, _writer),
        ];
    }

    private async Task RecordAsync(UploadCheckpoint next, CancellationToken cancellation)
    {
        string mark = NextMark();
        await using Stream content = next.Compose();
        var metadata = new Dictionary<string, string>
        {
            [WriterKey] = mark,
            [AzureContentStore.OffsetKey] = next.Offset.ToString(CultureInfo.InvariantCulture),
        };
        ETag? tag = await _container.PutAsync(_journalName, content, cancellation, over: _tag, metadata: metadata);
        if (tag is null)
        {
            BlobProperties? found = await _container.HeadAsync(_journalName, cancellation);
            tag = IsMarked(found, mark) ? found!.ETag : throw TakenOver();
        }
        _tag = tag.Value;
        _last = next;
    }

    /// <summary>Makes the upload's blob whole, under the facts' name.</summary>
    private async Task CommitAsync(string key, CancellationToken cancellation)
    {
        BlobProperties? found = await _container.HeadAsync(_blob, cancellation);
        if (
            found is not null
            && found.Metadata.TryGetValue(AzureContentStore.ContentKeyKey, out string? named)
            && named == key
        )
            return;
        await CommitAsync(
            _last.BlockIds(),
            new CommitBlockListOptions
            {
                HttpHeaders = AzureContentStore.HeadersOf(Manifest),
                Metadata = new Dictionary<string, string> { [AzureContentStore.ContentKeyKey] = key },
            },
            cancellation
        );
    }

    private async Task<ETag> CommitAsync(
        IReadOnlyList<string> blocks,
        CommitBlockListOptions options,
        CancellationToken cancellation
    )
    {
        BlobProperties? found = await _container.HeadAsync(_blob, cancellation);
        string mark = NextMark();
        options.Metadata ??= new Dictionary<string, string>();
        options.Metadata[WriterKey] = mark;
        options.Conditions = AzureContainer.Condition(found?.ETag, isNew: found is null);
        if (await _container.CommitAsync(_blob, blocks, options, cancellation) is { } tag)
            return tag;
        found = await _container.HeadAsync(_blob, cancellation);
        return IsMarked(found, mark) ? found!.ETag : throw TakenOver();
    }

    // An answer may get lost: then it is this very write that the repeated one finds.
    private static bool IsMarked(BlobProperties? blob, string mark) =>
        blob is not null && blob.Metadata.TryGetValue(WriterKey, out string? writer) && writer == mark;

    private string NextMark() => string.Create(CultureInfo.InvariantCulture, $"{_writer:x16}-{++_marks}");

    private IOException TakenOver() =>
        new($"Another writer has gone on with upload {Manifest.FileId}, or it was deleted; open it again.");
}

using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Tests.Pieces;

/// <summary>An upload in memory that can be full, slow, broken, or crash.</summary>
internal sealed class MemoryUpload(ContentManifest manifest) : IContentUpload
{
    private readonly TaskCompletionSource _blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<byte> _hashes = [];
    private long _written;

    public byte[] Data { get; private init; } = new byte[manifest.SizeBytes];

    public long RoomBytes { get; set; } = long.MaxValue;

    public long FailsAt { get; init; } = long.MaxValue;

    /// <summary>Writes wait for it.</summary>
    public TaskCompletionSource? Gate { get; init; }

    /// <summary>A write waits.</summary>
    public Task Blocked => _blocked.Task;

    public ContentManifest Manifest => manifest;

    public long DurableBytes { get; private set; }

    public ReadOnlyMemory<byte> PieceHashes => _hashes.ToArray();

    public ReadOnlyMemory<byte> HashState { get; private set; }

    /// <summary>The same upload at its last checkpoint; what was written beyond is gone.</summary>
    public MemoryUpload AfterCrash()
    {
        var data = new byte[manifest.SizeBytes];
        Data.AsSpan(0, (int)DurableBytes).CopyTo(data);
        var upload = new MemoryUpload(manifest)
        {
            Data = data,
            DurableBytes = DurableBytes,
            HashState = HashState,
        };
        upload._hashes.AddRange(_hashes);
        upload._written = DurableBytes;
        return upload;
    }

    public async ValueTask<StoreStatus> WriteAsync(
        long offset,
        ReadOnlyMemory<byte> data,
        CancellationToken cancellation
    )
    {
        if (Gate is not null)
        {
            _blocked.TrySetResult();
            await Gate.Task;
        }
        if (offset + data.Length > FailsAt)
            throw new IOException("The disk is broken.");
        if (offset + data.Length > RoomBytes)
            return StoreStatus.Full;
        Assert.Equal(_written, offset);
        data.CopyTo(Data.AsMemory((int)offset));
        _written = offset + data.Length;
        return StoreStatus.Done;
    }

    public ValueTask<StoreStatus> CheckpointAsync(
        long offset,
        ReadOnlyMemory<byte> newPieceHashes,
        ReadOnlyMemory<byte> hashState,
        CancellationToken cancellation
    )
    {
        Assert.InRange(offset, DurableBytes, _written);
        Assert.InRange(hashState.Length, 1, 750);
        _hashes.AddRange(newPieceHashes.Span);
        HashState = hashState.ToArray();
        DurableBytes = offset;
        return ValueTask.FromResult(StoreStatus.Done);
    }

    public ValueTask<StoreStatus> CompleteAsync(
        FileContent content,
        StoredTorrent torrent,
        CancellationToken cancellation
    ) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

using Distribution.Contracts.Files;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Ingest.Contents.Folders;

/// <summary>An upload in its own folder: data flushed first, then the journal, so that the journal never promises too much.</summary>
internal sealed class FolderContentUpload : IContentUpload
{
    // Asking the file system for its free space costs a system call: often enough is once in so many bytes.
    private const int RoomCheckBytes = 8 << 20;

    private readonly FolderContentStore _store;
    private readonly string _folder;
    private readonly SafeFileHandle _data;
    private readonly DirectFile? _direct;
    private readonly UploadJournal _journal;
    private long _roomCheckedUntil;

    public FolderContentUpload(FolderContentStore store, string folder, ContentManifest manifest)
    {
        _store = store;
        _folder = folder;
        Manifest = manifest;
        _journal = UploadJournal.Open(FolderLayout.Journal(folder), manifest, FileAccess.ReadWrite);
        try
        {
            _data = File.OpenHandle(
                FolderLayout.Data(folder),
                FileMode.Open,
                FileAccess.ReadWrite,
                FileShare.ReadWrite | FileShare.Delete
            );
            if (RandomAccess.GetLength(_data) < _journal.OffsetBytes)
                throw new InvalidDataException($"{folder}: the data is shorter than what the journal promised.");
            _direct = DirectFile.TryOpen(FolderLayout.Data(folder));
        }
        catch
        {
            _data?.Dispose();
            _journal.Dispose();
            throw;
        }
    }

    public ContentManifest Manifest { get; }

    public long DurableBytes => _journal.OffsetBytes;

    public ReadOnlyMemory<byte> PieceHashes => _journal.Hashes;

    public ReadOnlyMemory<byte> HashState => _journal.State;

    public ValueTask<StoreStatus> WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellation) =>
        WriteAsync(offset, [data], cancellation);

    public ValueTask<StoreStatus> WriteAsync(
        long offset,
        IReadOnlyList<ReadOnlyMemory<byte>> data,
        CancellationToken cancellation
    )
    {
        cancellation.ThrowIfCancellationRequested();
        long end = offset + data.Sum(stretch => (long)stretch.Length);
        if (offset < DurableBytes || end > Manifest.SizeBytes)
            throw new ArgumentOutOfRangeException(nameof(offset));
        if (end > _roomCheckedUntil)
        {
            long room = (_store.FreeBytes ?? long.MaxValue) - (end - offset);
            if (room < 0)
                return ValueTask.FromResult(StoreStatus.Full);
            _roomCheckedUntil = end + Math.Min(room / 2, RoomCheckBytes);
        }
        try
        {
            // Not the asynchronous forms: on Linux those are these same calls, on another thread.
            if (_direct?.TryWrite(data, offset) != true)
                WriteEach(offset, data);
        }
        catch (IOException e) when (DurableFiles.IsFull(e))
        {
            return ValueTask.FromResult(StoreStatus.Full);
        }
        return ValueTask.FromResult(StoreStatus.Done);
    }

    public ValueTask<StoreStatus> CheckpointAsync(
        long offset,
        ReadOnlyMemory<byte> newPieceHashes,
        ReadOnlyMemory<byte> hashState,
        CancellationToken cancellation
    )
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            RandomAccess.FlushToDisk(_data);
            _journal.Append(offset, newPieceHashes.Span, hashState.Span);
        }
        catch (IOException e) when (DurableFiles.IsFull(e))
        {
            return ValueTask.FromResult(StoreStatus.Full);
        }
        return ValueTask.FromResult(StoreStatus.Done);
    }

    public ValueTask<StoreStatus> CompleteAsync(
        FileContent content,
        StoredTorrent torrent,
        CancellationToken cancellation
    )
    {
        cancellation.ThrowIfCancellationRequested();
        if (DurableBytes != Manifest.SizeBytes)
            throw new InvalidOperationException($"{DurableBytes} of {Manifest.SizeBytes} bytes are there.");
        try
        {
            DurableFiles.WriteAllBytes(FolderLayout.Info(_folder), torrent.InfoDictionary.Span);
            if (!torrent.PieceLayers.IsEmpty)
                DurableFiles.WriteAllBytes(FolderLayout.Layers(_folder), torrent.PieceLayers.Span);
            DurableFiles.WriteAllBytes(FolderLayout.Content(_folder), ContentJson.Serialize(content));
            _store.Contents.Join(_folder, Manifest.FileId, content, Manifest.SizeBytes);
            DurableFiles.FlushFolder(_folder);
            _store.Promote(Manifest.FileId);
        }
        catch (IOException e) when (DurableFiles.IsFull(e))
        {
            return ValueTask.FromResult(StoreStatus.Full);
        }
        return ValueTask.FromResult(StoreStatus.Done);
    }

    public ValueTask DisposeAsync()
    {
        _direct?.Dispose();
        _data.Dispose();
        _journal.Dispose();
        return ValueTask.CompletedTask;
    }

    private void WriteEach(long offset, IReadOnlyList<ReadOnlyMemory<byte>> data)
    {
        foreach (ReadOnlyMemory<byte> stretch in data)
        {
            int direct = _direct?.Write(stretch.Span, offset) ?? 0;
            if (direct < stretch.Length)
                RandomAccess.Write(_data, stretch.Span[direct..], offset + direct);
            offset += stretch.Length;
        }
    }
}

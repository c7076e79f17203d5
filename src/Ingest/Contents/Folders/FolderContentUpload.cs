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
    private readonly BlockStateFile _blockStates;
    private long _roomCheckedUntil;
    private bool _isReplaced;

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
            _blockStates = new BlockStateFile(FolderLayout.BlockStates(folder));
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

    public ValueTask<StoreStatus> WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.FromResult(
            TryWrite(offset, data.Length, () => Write(offset, data.Span)) ? StoreStatus.Done : StoreStatus.Full
        );
    }

    public ValueTask<int> WriteAsync(
        long offset,
        IReadOnlyList<ReadOnlyMemory<byte>> data,
        CancellationToken cancellation
    )
    {
        cancellation.ThrowIfCancellationRequested();
        long bytes = data.Sum(stretch => (long)stretch.Length);
        bool isDirect = false;
        if (TryWrite(offset, bytes, () => isDirect = _direct?.TryWrite(data, offset) == true) && isDirect)
            return ValueTask.FromResult(data.Count);
        // Together they do not fit, or cannot go past the page cache; the first ones may.
        int written = 0;
        foreach (ReadOnlyMemory<byte> stretch in data)
        {
            long start = offset;
            if (!TryWrite(start, stretch.Length, () => Write(start, stretch.Span)))
                break;
            offset += stretch.Length;
            written++;
        }
        return ValueTask.FromResult(written);
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

    public void KeepBlockStates(long first, ReadOnlySpan<byte> states) => _blockStates.Write(first, states);

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
            _isReplaced |= _store.Contents.Join(_folder, Manifest.FileId, content, Manifest.SizeBytes);
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
        _journal.Dispose();
        _blockStates.Dispose();
        // The copy that nobody needs goes with its last handle. The disk takes a third of a second for 2 GiB, and nobody waits for that.
        if (_isReplaced)
            _ = Task.Run(CloseData);
        else
            CloseData();
        return ValueTask.CompletedTask;
    }

    private void CloseData()
    {
        _direct?.Dispose();
        _data.Dispose();
    }

    // False: there is no room.
    private bool TryWrite(long offset, long bytes, Action write)
    {
        if (offset < DurableBytes || offset + bytes > Manifest.SizeBytes)
            throw new ArgumentOutOfRangeException(nameof(offset));
        if (offset + bytes > _roomCheckedUntil)
        {
            long room = (_store.FreeBytes ?? long.MaxValue) - bytes;
            if (room < 0)
                return false;
            _roomCheckedUntil = offset + bytes + Math.Min(room / 2, RoomCheckBytes);
        }
        try
        {
            write();
            return true;
        }
        catch (IOException e) when (DurableFiles.IsFull(e))
        {
            return false;
        }
    }

    // Not the asynchronous forms: on Linux those are these same calls, on another thread.
    private void Write(long offset, ReadOnlySpan<byte> data)
    {
        int direct = _direct?.Write(data, offset) ?? 0;
        if (direct < data.Length)
            RandomAccess.Write(_data, data[direct..], offset + direct);
    }
}

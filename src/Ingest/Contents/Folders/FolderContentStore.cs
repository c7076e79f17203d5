using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Ingest.Contents.Folders;

/// <summary>A content store in a local folder, for one process. Its layout: <see cref="FolderLayout"/>.</summary>
public sealed class FolderContentStore : IContentStore
{
    private readonly FolderLayout _layout;
    private readonly long _minFreeBytes;

    /// <param name="minFreeBytes">The low-water mark: so much of the disk is left to others.</param>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    public FolderContentStore(string root, long minFreeBytes)
    {
        _layout = new FolderLayout(root);
        _minFreeBytes = minFreeBytes;
        foreach (
            string folder in new[]
            {
                _layout.Uploads,
                _layout.Files,
                _layout.Contents,
                _layout.Unconfirmed,
                _layout.Trash,
            }
        )
            Directory.CreateDirectory(folder);
        foreach (string left in Directory.EnumerateDirectories(_layout.Trash))
            Directory.Delete(left, recursive: true);
        Contents = new SharedContents(_layout);
        Contents.Sweep();
    }

    /// <summary>Which files have the same bytes.</summary>
    internal SharedContents Contents { get; }

    public long? FreeBytes => Math.Max(0, new DriveInfo(_layout.Root).AvailableFreeSpace - _minFreeBytes);

    public async ValueTask<IContentUpload?> CreateAsync(ContentManifest manifest, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        // Built in the trash, so that one which a crash leaves by half is swept away at the next start.
        string draft = TrashName(manifest.FileId);
        try
        {
            Directory.CreateDirectory(draft);
            DurableFiles.WriteAllBytes(FolderLayout.Manifest(draft), ContentJson.Serialize(manifest));
            DurableFiles.WriteAllBytes(FolderLayout.Journal(draft), UploadJournal.Magic);
            DurableFiles.WriteAllBytes(FolderLayout.Data(draft), []);
            DurableFiles.FlushFolder(draft);
            Directory.Move(draft, _layout.Upload(manifest.FileId));
            DurableFiles.FlushFolder(_layout.Uploads);
        }
        catch (IOException e) when (DurableFiles.IsFull(e))
        {
            if (Directory.Exists(draft))
                Directory.Delete(draft, recursive: true);
            return null;
        }
        return await OpenUploadAsync(manifest.FileId, cancellation);
    }

    public ValueTask<IContentUpload?> OpenUploadAsync(string fileId, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        string folder = _layout.Upload(fileId);
        return ValueTask.FromResult<IContentUpload?>(
            FolderLayout.ReadManifest(folder) is { } manifest ? new FolderContentUpload(this, folder, manifest) : null
        );
    }

    public async IAsyncEnumerable<OpenUpload> ListUploadsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (string folder in Directory.EnumerateDirectories(_layout.Uploads))
        {
            cancellation.ThrowIfCancellationRequested();
            if (ReadUpload(folder) is { } upload)
                yield return upload;
        }
        await Task.CompletedTask;
    }

    public ValueTask<StoredContent?> FindAsync(string fileId, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.FromResult(ReadStored(_layout.Stored(fileId)));
    }

    public async IAsyncEnumerable<StoredContent> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (string folder in Directory.EnumerateDirectories(_layout.Files))
        {
            cancellation.ThrowIfCancellationRequested();
            if (ReadStored(folder) is { } stored)
                yield return stored;
        }
        await Task.CompletedTask;
    }

    public ValueTask<IContentReader?> OpenAsync(string fileId, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            SafeFileHandle file = File.OpenHandle(
                FolderLayout.Data(_layout.Stored(fileId)),
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            return ValueTask.FromResult<IContentReader?>(new FolderContentReader(file));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return ValueTask.FromResult<IContentReader?>(null);
        }
    }

    public async ValueTask<StoredTorrent?> ReadTorrentAsync(string fileId, CancellationToken cancellation)
    {
        string folder = _layout.Stored(fileId);
        try
        {
            byte[] info = await File.ReadAllBytesAsync(FolderLayout.Info(folder), cancellation);
            string layers = FolderLayout.Layers(folder);
            return new StoredTorrent(
                info,
                File.Exists(layers) ? await File.ReadAllBytesAsync(layers, cancellation) : []
            );
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public ValueTask<Stream?> OpenBlockStatesAsync(string fileId, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return ValueTask.FromResult<Stream?>(BlockStateFile.TryOpen(FolderLayout.BlockStates(_layout.Stored(fileId))));
    }

    public async IAsyncEnumerable<StoredContent> ListUnconfirmedAsync(
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        foreach (string mark in Directory.EnumerateFiles(_layout.Unconfirmed))
        {
            cancellation.ThrowIfCancellationRequested();
            // A mark whose file is still an upload: the crash came before the rename.
            if (ReadStored(_layout.Stored(Path.GetFileName(mark))) is { } stored)
                yield return stored;
        }
        await Task.CompletedTask;
    }

    public ValueTask ConfirmAsync(string fileId, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        // Not flushed: a mark that comes back after a power failure only means to publish the same once more.
        File.Delete(_layout.UnconfirmedMark(fileId));
        string folder = _layout.Stored(fileId);
        if (Directory.Exists(folder))
            File.Delete(FolderLayout.Journal(folder));
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> DeleteAsync(string fileId, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        bool found = false;
        foreach (string parent in new[] { _layout.Uploads, _layout.Files })
        {
            string folder = Path.Combine(parent, fileId);
            if (!Directory.Exists(folder))
                continue;
            string trash = TrashName(fileId);
            Directory.Move(folder, trash);
            DurableFiles.FlushFolder(parent);
            Forget(fileId, trash);
            Directory.Delete(trash, recursive: true);
            found = true;
        }
        File.Delete(_layout.UnconfirmedMark(fileId));
        return ValueTask.FromResult(found);
    }

    /// <summary>The atomic step from upload to file; the mark stands before it, so that no crash can lose it.</summary>
    internal void Promote(string fileId)
    {
        DurableFiles.WriteAllBytes(_layout.UnconfirmedMark(fileId), []);
        DurableFiles.FlushFolder(_layout.Unconfirmed);
        Directory.Move(_layout.Upload(fileId), _layout.Stored(fileId));
        DurableFiles.FlushFolder(_layout.Files);
        DurableFiles.FlushFolder(_layout.Uploads);
    }

    private static OpenUpload? ReadUpload(string folder)
    {
        try
        {
            if (FolderLayout.ReadManifest(folder) is not { } manifest)
                return null;
            using var journal = UploadJournal.Open(FolderLayout.Journal(folder), manifest, FileAccess.Read);
            var changed = new DateTimeOffset(File.GetLastWriteTimeUtc(FolderLayout.Journal(folder)), TimeSpan.Zero);
            return new OpenUpload(manifest, journal.OffsetBytes, changed);
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static StoredContent? ReadStored(string folder) =>
        FolderLayout.ReadManifest(folder) is { } manifest && FolderLayout.ReadContent(folder) is { } content
            ? new StoredContent(manifest, content)
            : null;

    private void Forget(string fileId, string trash)
    {
        try
        {
            if (FolderLayout.ReadManifest(trash) is { } manifest && FolderLayout.ReadContent(trash) is { } content)
                Contents.Leave(fileId, content, manifest.SizeBytes);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            // Damaged: nobody knows its bytes' name. The next start sweeps it up.
        }
    }

    private string TrashName(string fileId) =>
        Path.Combine(_layout.Trash, $"{fileId}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
}

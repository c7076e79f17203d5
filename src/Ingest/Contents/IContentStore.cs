namespace Distribution.Ingest.Contents;

/// <summary>
/// Where the bytes of files are: uploads in progress and whole files. What a returned task has said is durable. Every
/// implementation passes the same test kit (<c>ContentStoreContract</c>). File ids are valid (<see cref="FileIds.IsValid"/>).
/// </summary>
public interface IContentStore
{
    /// <summary>Room for new bytes above the mark that the store keeps free; null where there is no such bound.</summary>
    long? FreeBytes { get; }

    /// <summary>Starts an upload; it exists once the task returns, never by half.</summary>
    /// <returns>Null: the store is full.</returns>
    ValueTask<IContentUpload?> CreateAsync(ContentManifest manifest, CancellationToken cancellation);

    /// <summary>Opens an upload in progress at its last checkpoint.</summary>
    /// <returns>Null: there is none of that id.</returns>
    /// <exception cref="InvalidDataException">It is damaged; <see cref="DeleteAsync"/> still works.</exception>
    ValueTask<IContentUpload?> OpenUploadAsync(string fileId, CancellationToken cancellation);

    /// <summary>All uploads in progress, damaged ones left out.</summary>
    IAsyncEnumerable<OpenUpload> ListUploadsAsync(CancellationToken cancellation);

    /// <summary>A whole file's facts; null: there is none of that id.</summary>
    ValueTask<StoredContent?> FindAsync(string fileId, CancellationToken cancellation);

    /// <summary>All whole files.</summary>
    IAsyncEnumerable<StoredContent> ListAsync(CancellationToken cancellation);

    /// <summary>A whole file's bytes; null: there is none of that id.</summary>
    ValueTask<IContentReader?> OpenAsync(string fileId, CancellationToken cancellation);

    /// <summary>A whole file's torrent; null: there is none of that id.</summary>
    ValueTask<StoredTorrent?> ReadTorrentAsync(string fileId, CancellationToken cancellation);

    /// <summary>The states of a whole single file's blocks, from the first on; null: they are not kept, or there is no file of that id.</summary>
    ValueTask<Stream?> OpenBlockStatesAsync(string fileId, CancellationToken cancellation) =>
        ValueTask.FromResult<Stream?>(null);

    /// <summary>
    /// Where the public can read a whole file's bytes without us, who then cannot count them. Null: nowhere, or there is none of that id.
    /// </summary>
    ValueTask<Uri?> PublicUrlAsync(string fileId, CancellationToken cancellation) => ValueTask.FromResult<Uri?>(null);

    /// <summary>Whole files that nobody has confirmed yet: they were stored, but may not be published.</summary>
    IAsyncEnumerable<StoredContent> ListUnconfirmedAsync(CancellationToken cancellation);

    /// <summary>Tells that the file is published. May be repeated.</summary>
    ValueTask ConfirmAsync(string fileId, CancellationToken cancellation);

    /// <summary>
    /// Removes an upload or a file with all that belongs to it, but no bytes that another file shares. Readers that are open finish.
    /// </summary>
    /// <returns>False: there was none.</returns>
    ValueTask<bool> DeleteAsync(string fileId, CancellationToken cancellation);
}

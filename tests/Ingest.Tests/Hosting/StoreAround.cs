using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Tests.Hosting;

/// <summary>A store that hands everything on to another one: for stores that do one thing in another way.</summary>
internal abstract class StoreAround(IContentStore inner) : IContentStore
{
    public virtual long? FreeBytes => inner.FreeBytes;

    public virtual ValueTask<IContentUpload?> CreateAsync(ContentManifest manifest, CancellationToken cancellation) =>
        inner.CreateAsync(manifest, cancellation);

    public virtual ValueTask<IContentUpload?> OpenUploadAsync(string fileId, CancellationToken cancellation) =>
        inner.OpenUploadAsync(fileId, cancellation);

    public IAsyncEnumerable<OpenUpload> ListUploadsAsync(CancellationToken cancellation) =>
        inner.ListUploadsAsync(cancellation);

    public ValueTask<StoredContent?> FindAsync(string fileId, CancellationToken cancellation) =>
        inner.FindAsync(fileId, cancellation);

    public IAsyncEnumerable<StoredContent> ListAsync(CancellationToken cancellation) => inner.ListAsync(cancellation);

    public ValueTask<IContentReader?> OpenAsync(string fileId, CancellationToken cancellation) =>
        inner.OpenAsync(fileId, cancellation);

    public ValueTask<StoredTorrent?> ReadTorrentAsync(string fileId, CancellationToken cancellation) =>
        inner.ReadTorrentAsync(fileId, cancellation);

    public ValueTask<Uri?> PublicUrlAsync(string fileId, CancellationToken cancellation) =>
        inner.PublicUrlAsync(fileId, cancellation);

    public IAsyncEnumerable<StoredContent> ListUnconfirmedAsync(CancellationToken cancellation) =>
        inner.ListUnconfirmedAsync(cancellation);

    public ValueTask ConfirmAsync(string fileId, CancellationToken cancellation) =>
        inner.ConfirmAsync(fileId, cancellation);

    public ValueTask<bool> DeleteAsync(string fileId, CancellationToken cancellation) =>
        inner.DeleteAsync(fileId, cancellation);
}

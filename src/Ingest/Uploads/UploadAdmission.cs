using System.Globalization;
using Distribution.Contracts.Accounts;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Problems;
using Microsoft.AspNetCore.Http;

namespace Distribution.Ingest.Uploads;

/// <summary>
/// Refuses an upload that cannot end well before its first byte: too large, over quota, too many at a time, or more than the disk
/// holds beside what other uploads have still to come. Counts what this process's store has: one ingest per folder.
/// </summary>
/// <param name="quotas">Of single publishers; null: all have the options'.</param>
internal sealed class UploadAdmission(IContentStore store, IngestOptions options, IPublisherQuotas? quotas = null)
    : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Place> _uploads = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _storedBytes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _partBytes = new(StringComparer.Ordinal);
    private bool _loaded;

    /// <summary>Null: the upload has its place until <see cref="Leave"/> or <see cref="Complete"/>. Otherwise the refusal.</summary>
    public async Task<IResult?> EnterAsync(ContentManifest manifest, CancellationToken cancellation)
    {
        long size = manifest.SizeBytes;
        if (size > options.MaxUploadBytes)
            return Problem.TooLarge.With($"{Text(size)} bytes: {Text(options.MaxUploadBytes)} are allowed.");
        long quota =
            (quotas is null ? null : await quotas.FindAsync(manifest.PublisherId)) ?? options.PublisherQuotaBytes;
        await _turn.WaitAsync(cancellation);
        try
        {
            await LoadAsync(cancellation);
            lock (_gate)
            {
                if (_uploads.Count >= options.MaxOpenUploads)
                    return Problem.TooManyUploads.With(
                        $"{Text(options.MaxOpenUploads)} uploads are in progress; finish or cancel one."
                    );
                var place = new Place(manifest, 0);
                if (quota > 0)
                {
                    long used = UsedBytes(manifest.PublisherId, place);
                    if (used > quota)
                        return Problem.QuotaExceeded.With(
                            $"{Text(used - size)} of {Text(quota)} bytes are taken; {Text(size)} more do not fit."
                        );
                }
                long awaited = _uploads.Values.Sum(u => u.Manifest.SizeBytes - u.DurableBytes);
                if (store.FreeBytes is { } free && free < awaited + size)
                    return Problem.InsufficientStorage.With(
                        $"{Text(size)} bytes do not fit: {Text(free)} are free, of which uploads in progress need {Text(awaited)}."
                    );
                _uploads[manifest.FileId] = place;
                return null;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Grow(string fileId, long durableBytes)
    {
        lock (_gate)
        {
            if (_uploads.TryGetValue(fileId, out Place? place))
                _uploads[fileId] = place with { DurableBytes = durableBytes };
        }
    }

    public void Leave(string fileId)
    {
        lock (_gate)
            _uploads.Remove(fileId);
    }

    public void Complete(string fileId)
    {
        lock (_gate)
        {
            if (_uploads.Remove(fileId, out Place? place))
                Store(place.Manifest);
        }
    }

    /// <summary>A stored part is gone.</summary>
    public void Forget(string partId, string publisherId, long sizeBytes)
    {
        lock (_gate)
        {
            if (_partBytes.Remove(partId))
                _storedBytes[publisherId] = _storedBytes.GetValueOrDefault(publisherId) - sizeBytes;
        }
    }

    /// <summary>Counts what is in the store, once; the start does it, so that no publisher waits.</summary>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            await LoadAsync(cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task LoadAsync(CancellationToken cancellation)
    {
        if (_loaded)
            return;
        var uploads = new List<OpenUpload>();
        await foreach (OpenUpload upload in store.ListUploadsAsync(cancellation))
            uploads.Add(upload);
        var stored = new List<StoredContent>();
        await foreach (StoredContent content in store.ListAsync(cancellation))
            stored.Add(content);
        lock (_gate)
        {
            foreach (OpenUpload upload in uploads)
                _uploads[upload.Manifest.FileId] = new Place(upload.Manifest, upload.DurableBytes);
            foreach (StoredContent content in stored)
                Store(content.Manifest);
        }
        _loaded = true;
    }

    private void Store(ContentManifest manifest)
    {
        _storedBytes[manifest.PublisherId] = _storedBytes.GetValueOrDefault(manifest.PublisherId) + manifest.SizeBytes;
        if (manifest.IsPart)
            _partBytes[manifest.FileId] = manifest.SizeBytes;
    }

    // Parts and the upload that is put together from them are the same bytes to a publisher.
    private long UsedBytes(string publisherId, Place entering)
    {
        Place[] places = [.. _uploads.Values.Where(u => u.Manifest.PublisherId == publisherId), entering];
        long inParts = places
            .Select(place => place.Manifest.Source)
            .OfType<ContentSource>()
            .Where(source => source.Kind == ContentSourceKind.Parts)
            .SelectMany(source => source.Locations)
            .Distinct(StringComparer.Ordinal)
            .Sum(partId => _partBytes.GetValueOrDefault(partId));
        return _storedBytes.GetValueOrDefault(publisherId) + places.Sum(u => u.Manifest.SizeBytes) - inParts;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record Place(ContentManifest Manifest, long DurableBytes);
}

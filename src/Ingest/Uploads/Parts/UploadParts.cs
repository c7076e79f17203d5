using Distribution.Ingest.Contents;
using Distribution.Ingest.Problems;
using Microsoft.AspNetCore.Http;

namespace Distribution.Ingest.Uploads.Parts;

/// <summary>
/// The parts of uploads that are put together from several (tus 1.0.0, "Concatenation"): which are whole, and who uses them. A part
/// may be used twice in an upload and by several; it is deleted when the first that has become whole was its last user. Everything here
/// can be had again from the store's manifests.
/// </summary>
internal sealed class UploadParts(
    IContentStore store,
    UploadSessions sessions,
    UploadAdmission admission,
    TimeProvider clock
) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<string, StoredPart> _parts = new(StringComparer.Ordinal);
    private bool _loaded;

    /// <summary>Keeps the parts for an upload that is about to be made of them, or says why it cannot be.</summary>
    public async Task<(long SizeBytes, IResult? Refusal)> UseAsync(
        string fileId,
        string publisherId,
        IReadOnlyList<string> partIds,
        CancellationToken cancellation
    )
    {
        // A part whose last byte has just come may be on its way into the store.
        foreach (string partId in partIds)
        {
            if (await sessions.FindAsync(partId, cancellation) is { Publishing: { } storing })
                await storing.WaitAsync(cancellation);
        }
        using IDisposable turn = await EnterAsync(cancellation);
        var used = new List<StoredPart>(partIds.Count);
        foreach (string partId in partIds)
        {
            if (
                _parts.TryGetValue(partId, out StoredPart? part)
                && !part.IsTerminated
                && part.PublisherId == publisherId
            )
                used.Add(part);
            else if (await sessions.FindAsync(partId, cancellation) is { Manifest.IsPart: true, IsCancelled: false })
                return (0, Problem.UnfinishedPart.With($"Part {partId} lacks bytes; finish it first."));
            else
                return (0, Problem.InvalidConcatenation.With($"There is no part {partId}."));
        }
        foreach (StoredPart part in used)
            part.Users.Add(fileId);
        return (used.Sum(part => part.SizeBytes), null);
    }

    /// <summary>The upload needs its parts no longer.</summary>
    /// <param name="isWhole">It has become a file: parts that nobody else uses are deleted. Otherwise they may be used again.</param>
    public async Task ReleaseAsync(ContentManifest manifest, bool isWhole)
    {
        if (manifest.Source is not { Kind: ContentSourceKind.Parts } source)
            return;
        await ReleaseAsync(manifest.FileId, source.Locations, isWhole);
    }

    /// <inheritdoc cref="ReleaseAsync(ContentManifest, bool)"/>
    public async Task ReleaseAsync(string fileId, IReadOnlyList<string> partIds, bool isWhole)
    {
        using IDisposable turn = await EnterAsync(CancellationToken.None);
        foreach (string partId in partIds.Distinct(StringComparer.Ordinal))
        {
            if (!_parts.TryGetValue(partId, out StoredPart? part))
                continue;
            part.Users.Remove(fileId);
            if (part.Users.Count == 0 && (isWhole || part.IsTerminated))
                await DeleteAsync(partId, part);
        }
    }

    /// <summary>A part's bytes are all in the store.</summary>
    public async Task AddAsync(ContentManifest manifest)
    {
        using IDisposable turn = await EnterAsync(CancellationToken.None);
        _parts.TryAdd(manifest.FileId, new StoredPart(manifest.PublisherId, manifest.SizeBytes, clock.GetUtcNow()));
    }

    /// <summary>False: there is no such part, or there is none any more.</summary>
    public async Task<bool> HasAsync(string partId, CancellationToken cancellation)
    {
        using IDisposable turn = await EnterAsync(cancellation);
        return _parts.TryGetValue(partId, out StoredPart? part) && !part.IsTerminated;
    }

    /// <summary>Takes a stored part away from publishers; its bytes go once nobody uses them.</summary>
    public async Task TerminateAsync(string partId)
    {
        using IDisposable turn = await EnterAsync(CancellationToken.None);
        if (!_parts.TryGetValue(partId, out StoredPart? part))
            return;
        part.IsTerminated = true;
        if (part.Users.Count == 0)
            await DeleteAsync(partId, part);
    }

    /// <summary>Deletes parts of which nothing was made in time.</summary>
    /// <returns>How many.</returns>
    public async Task<int> ExpireAsync(DateTimeOffset limit, CancellationToken cancellation)
    {
        using IDisposable turn = await EnterAsync(cancellation);
        List<KeyValuePair<string, StoredPart>> stale =
        [
            .. _parts.Where(entry => entry.Value.Since < limit && entry.Value.Users.Count == 0),
        ];
        foreach ((string partId, StoredPart part) in stale)
            await DeleteAsync(partId, part);
        return stale.Count;
    }

    public void Dispose() => _turn.Dispose();

    private async Task DeleteAsync(string partId, StoredPart part)
    {
        await store.DeleteAsync(partId, CancellationToken.None);
        _parts.Remove(partId);
        admission.Forget(partId, part.PublisherId, part.SizeBytes);
    }

    private async Task<IDisposable> EnterAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        var turn = new Turn(_turn);
        try
        {
            if (!_loaded)
                await LoadAsync(cancellation);
            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    private async Task LoadAsync(CancellationToken cancellation)
    {
        _parts.Clear();
        await foreach (StoredContent stored in store.ListAsync(cancellation))
        {
            ContentManifest manifest = stored.Manifest;
            // When it became whole is not recorded; it cannot have been before its creation.
            if (manifest.IsPart)
                _parts[manifest.FileId] = new StoredPart(manifest.PublisherId, manifest.SizeBytes, manifest.CreatedAt);
        }
        await foreach (OpenUpload upload in store.ListUploadsAsync(cancellation))
        {
            if (upload.Manifest.Source is not { Kind: ContentSourceKind.Parts } source)
                continue;
            foreach (string partId in source.Locations)
            {
                if (_parts.TryGetValue(partId, out StoredPart? part))
                    part.Users.Add(upload.Manifest.FileId);
            }
        }
        _loaded = true;
    }

    private sealed class Turn(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}

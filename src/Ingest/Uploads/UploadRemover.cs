using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Uploads.Parts;

namespace Distribution.Ingest.Uploads;

/// <summary>Ends an upload that will not become a file, and removes what came of it.</summary>
internal sealed class UploadRemover(
    IContentStore store,
    IGrainFactory grains,
    UploadSessions sessions,
    UploadAdmission admission,
    UploadParts parts
)
{
    /// <summary>The caller holds the session's lease.</summary>
    /// <param name="reason">For people.</param>
    public async Task RemoveAsync(UploadSession session, string reason)
    {
        ContentManifest manifest = session.Manifest;
        // The record first: the next start deletes uploads whose record has failed, but cannot fail those that are gone.
        if (!manifest.IsPart)
            await grains.GetGrain<IPublishedFileGrain>(manifest.FileId).FailAsync(reason);
        session.IsCancelled = true;
        await session.CloseAsync();
        await store.DeleteAsync(manifest.FileId, CancellationToken.None);
        sessions.Remove(session);
        admission.Leave(manifest.FileId);
        await parts.ReleaseAsync(manifest, isWhole: false);
    }
}

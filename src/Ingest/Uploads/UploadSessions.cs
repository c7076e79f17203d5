using System.Collections.Concurrent;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Uploads;

/// <summary>The uploads in progress that this process has touched.</summary>
internal sealed class UploadSessions(IContentStore store)
{
    private readonly ConcurrentDictionary<string, UploadSession> _sessions = new(StringComparer.Ordinal);

    public UploadSession Add(ContentManifest manifest) =>
        _sessions.GetOrAdd(manifest.FileId, static (_, made) => new UploadSession(made), manifest);

    /// <summary>Null: no upload of that id is in progress.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public async Task<UploadSession?> FindAsync(string fileId, CancellationToken cancellation)
    {
        if (!FileIds.IsValid(fileId))
            return null;
        if (_sessions.TryGetValue(fileId, out UploadSession? session))
            return session;
        await using IContentUpload? upload = await store.OpenUploadAsync(fileId, cancellation);
        return upload is null ? null : Add(upload.Manifest);
    }

    /// <summary>Null: this process has not touched it.</summary>
    public UploadSession? Known(string fileId) => _sessions.GetValueOrDefault(fileId);

    public void Remove(UploadSession session) =>
        _sessions.TryRemove(new KeyValuePair<string, UploadSession>(session.Manifest.FileId, session));
}

using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Imports;

/// <summary>Reads the parts of an upload that is put together from several (tus 1.0.0, "Concatenation"), one after another.</summary>
internal sealed class PartsReader(IContentStore store) : ISourceReader
{
    public ContentSourceKind Kind => ContentSourceKind.Parts;

    public async Task<Stream> OpenAsync(ContentManifest manifest, long offset, CancellationToken cancellation)
    {
        var parts = new List<(string FileId, long SizeBytes)>();
        foreach (string partId in manifest.Source!.Locations)
        {
            StoredContent part =
                await store.FindAsync(partId, cancellation)
                ?? throw new SourceFaultException($"Part {partId} is no longer there.");
            parts.Add((partId, part.Manifest.SizeBytes));
        }
        if (parts.Sum(part => part.SizeBytes) != manifest.SizeBytes)
            throw new SourceFaultException("The parts are not as long as the upload.");
        return new SequenceStream(
            [.. parts.Select(part => part.SizeBytes)],
            offset,
            async (index, start) =>
                new ContentStream(
                    await store.OpenAsync(parts[index].FileId, cancellation)
                        ?? throw new IOException($"Part {parts[index].FileId} is gone."),
                    start
                )
        );
    }
}

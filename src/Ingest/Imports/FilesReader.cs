using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Imports;

/// <summary>Reads an upload's bytes from files of the server, as long as they are as they were and where they may be.</summary>
internal sealed class FilesReader(ImportRoots roots) : ISourceReader
{
    public ContentSourceKind Kind => ContentSourceKind.Files;

    public Task<Stream> OpenAsync(ContentManifest manifest, long offset, CancellationToken cancellation)
    {
        ContentSource source = manifest.Source!;
        long[] sizes = manifest.Files is { } files ? [.. files.Select(file => file.SizeBytes)] : [manifest.SizeBytes];
        if (sizes.Length != source.Locations.Count || source.Versions?.Count != sizes.Length)
            throw new SourceFaultException("The import's record does not fit its files.");
        return Task.FromResult<Stream>(
            new SequenceStream(
                sizes,
                offset,
                (index, start) => Task.FromResult<Stream>(Open(source, index, sizes[index], start))
            )
        );
    }

    private FileStream Open(ContentSource source, int index, long sizeBytes, long start)
    {
        string path = source.Locations[index];
        FileStream file = roots.Open(path);
        if (file.Length == sizeBytes && ImportRoots.VersionOf(path) == source.Versions![index])
        {
            file.Position = start;
            return file;
        }
        file.Dispose();
        throw new SourceFaultException($"{path} has changed since the import began.");
    }
}

using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Imports;

/// <summary>Reads an upload's bytes from an http or https address.</summary>
internal sealed class UrlReader(RemoteFiles files) : ISourceReader
{
    public ContentSourceKind Kind => ContentSourceKind.Url;

    public Task<Stream> OpenAsync(ContentManifest manifest, long offset, CancellationToken cancellation)
    {
        ContentSource source = manifest.Source!;
        string version = source.Versions is [{ } known] ? known : "";
        return files.OpenAsync(
            new Uri(source.Locations[0]),
            new RemoteFile(manifest.SizeBytes, version, null),
            offset,
            cancellation
        );
    }
}

using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Imports;

/// <summary>Reads uploads' bytes from one kind of place.</summary>
internal interface ISourceReader
{
    ContentSourceKind Kind { get; }

    /// <summary>The upload's bytes from <paramref name="offset"/> to their end.</summary>
    /// <exception cref="SourceFaultException">They cannot be had, and trying again would not help.</exception>
    /// <exception cref="IOException">They cannot be had now. Reading may also end this way.</exception>
    Task<Stream> OpenAsync(ContentManifest manifest, long offset, CancellationToken cancellation);
}

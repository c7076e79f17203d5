using Distribution.Contracts.Files;

namespace Distribution.Ingest.Contents;

/// <summary>A whole file in the store.</summary>
public sealed record StoredContent(ContentManifest Manifest, FileContent Content);

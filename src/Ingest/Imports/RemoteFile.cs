namespace Distribution.Ingest.Imports;

/// <summary>What a server says of a file before its bytes.</summary>
/// <param name="SizeBytes">From Content-Length.</param>
/// <param name="Version">A strong ETag, else Last-Modified, as it came; empty where there is neither.</param>
/// <param name="ContentType">Media type without parameters; null where there is none.</param>
internal sealed record RemoteFile(long SizeBytes, string Version, string? ContentType);

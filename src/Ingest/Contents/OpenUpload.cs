namespace Distribution.Ingest.Contents;

/// <summary>An upload in progress, as a listing shows it.</summary>
/// <param name="DurableBytes">From the start of the file, without gaps; what a client may count on.</param>
/// <param name="LastChangedAt">When that last grew, or the upload was created.</param>
public sealed record OpenUpload(ContentManifest Manifest, long DurableBytes, DateTimeOffset LastChangedAt);

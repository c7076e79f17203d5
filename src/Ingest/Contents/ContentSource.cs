namespace Distribution.Ingest.Contents;

/// <summary>Where a server fetches an upload's bytes by itself, so that a restart can go on with it.</summary>
/// <param name="Locations">By <paramref name="Kind"/>; their bytes one after another are the upload's.</param>
/// <param name="Versions">
/// What tells that a location has changed since: a URL's validator, a file's time of change. Empty where there is none; null: of none.
/// </param>
public sealed record ContentSource(
    ContentSourceKind Kind,
    IReadOnlyList<string> Locations,
    IReadOnlyList<string>? Versions = null
);

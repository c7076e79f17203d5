namespace Distribution.Ingest.WebSeeds;

/// <summary>What the answers of the web seed and the plain link say of themselves, whichever way they are written.</summary>
internal static class SeedHeaders
{
    public const string CacheControl = "no-transform";
    public const string ContentSecurityPolicy = "sandbox; default-src 'none'; media-src 'self'; img-src 'self'";

    private const string UnknownType = "application/octet-stream";

    // What a browser may show in our name. Everything else is a download: a page or an SVG could carry script.
    private static readonly HashSet<string> SafeImages = new(StringComparer.Ordinal)
    {
        "image/avif",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/webp",
    };

    /// <summary>The type that a content of this type is sent as.</summary>
    public static string ShownType(string contentType) => IsSafeToShow(contentType) ? contentType : UnknownType;

    public static bool IsSafeToShow(string contentType) =>
        contentType.StartsWith("video/", StringComparison.Ordinal)
        || contentType.StartsWith("audio/", StringComparison.Ordinal)
        || SafeImages.Contains(contentType);
}

using Microsoft.AspNetCore.Http;

namespace Distribution.Ingest.Problems;

/// <summary>A failure that a caller can act on (RFC 9457). The slug never changes once it is out.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Slug">The end of <c>type</c>, "urn:distribution:problem:…".</param>
/// <param name="Title">The same for every case of it.</param>
public sealed record Problem(int Status, string Slug, string Title)
{
    public const string TypePrefix = "urn:distribution:problem:";

    public static readonly Problem InvalidHeader = new(400, "invalid-header", "A tus header is missing or malformed.");
    public static readonly Problem InvalidName = new(400, "invalid-name", "The file's name cannot be used.");
    public static readonly Problem InvalidMetadata = new(
        400,
        "invalid-metadata",
        "The upload's metadata cannot be used."
    );
    public static readonly Problem InvalidRequest = new(400, "invalid-request", "The request cannot be understood.");
    public static readonly Problem InvalidFolder = new(400, "invalid-folder", "The folder's files cannot be used.");
    public static readonly Problem InvalidReplaced = new(
        400,
        "invalid-replaced",
        "The upload cannot be a new version of that file."
    );
    public static readonly Problem DeferredLength = new(
        400,
        "deferred-length",
        "The length must be known when the upload is created."
    );
    public static readonly Problem UnsupportedChecksum = new(
        400,
        "unsupported-checksum",
        "The checksum's algorithm is not known."
    );
    public static readonly Problem InvalidConcatenation = new(
        400,
        "invalid-concatenation",
        "The parts cannot be put together."
    );
    public static readonly Problem TruncatedBody = new(400, "truncated-body", "The body ended before its length.");
    public static readonly Problem UnknownUpload = new(404, "unknown-upload", "There is no such upload.");
    public static readonly Problem UnknownFile = new(404, "unknown-file", "There is no such file.");
    public static readonly Problem NotForBytes = new(
        403,
        "not-for-bytes",
        "The server itself gets this upload's bytes."
    );
    public static readonly Problem TakedownForbidden = new(
        403,
        "takedown-forbidden",
        "These credentials do not allow to take a file down."
    );
    public static readonly Problem GoneUpload = new(410, "gone-upload", "The upload was cancelled or given up.");
    public static readonly Problem UnpublishedFile = new(410, "unpublished-file", "The file is no longer published.");
    public static readonly Problem MethodNotAllowed = new(405, "method-not-allowed", "The method is not known here.");
    public static readonly Problem WrongOffset = new(
        409,
        "wrong-offset",
        "Upload-Offset is not where the upload stands."
    );
    public static readonly Problem AlreadyStored = new(
        409,
        "already-stored",
        "The upload is complete: it is a file now."
    );
    public static readonly Problem UnfinishedPart = new(
        409,
        "unfinished-part",
        "A part of the upload is not complete."
    );
    public static readonly Problem UnsupportedVersion = new(
        412,
        "unsupported-tus-version",
        "Tus-Resumable must be 1.0.0."
    );
    public static readonly Problem TooLarge = new(413, "upload-too-large", "The file is too large.");
    public static readonly Problem BodyTooLong = new(
        413,
        "body-too-long",
        "The body has more bytes than the upload lacks."
    );
    public static readonly Problem RequestTooLarge = new(413, "request-too-large", "The request is too long.");
    public static readonly Problem QuotaExceeded = new(413, "quota-exceeded", "The publisher's quota is used up.");
    public static readonly Problem UnsupportedContentType = new(
        415,
        "unsupported-content-type",
        "A body of bytes must be application/offset+octet-stream."
    );
    public static readonly Problem UnsupportedMediaType = new(415, "unsupported-media-type", "The body must be JSON.");
    public static readonly Problem InvalidSource = new(422, "invalid-source", "The source cannot be imported.");
    public static readonly Problem InvalidTorrent = new(422, "invalid-torrent", "The torrent cannot be imported.");
    public static readonly Problem TakenOver = new(
        423,
        "upload-taken-over",
        "Another request goes on with this upload."
    );
    public static readonly Problem TooManyUploads = new(429, "too-many-uploads", "Too many uploads are in progress.");
    public static readonly Problem ChecksumMismatch = new(
        460,
        "checksum-mismatch",
        "The body does not have its checksum."
    );
    public static readonly Problem UnknownImport = new(404, "unknown-import", "There is no such import.");
    public static readonly Problem SourceUnavailable = new(502, "source-unavailable", "The source does not answer.");
    public static readonly Problem CatalogUnavailable = new(
        503,
        "catalog-unavailable",
        "The catalog of files does not answer."
    );
    public static readonly Problem StorageFailed = new(500, "storage-failed", "The bytes cannot be stored now.");
    public static readonly Problem InsufficientStorage = new(
        507,
        "insufficient-storage",
        "There is no room for these bytes."
    );

    public string Type => TypePrefix + Slug;

    /// <summary>The response: <c>application/problem+json</c>, with the trace's id as <c>traceId</c>.</summary>
    /// <param name="detail">What is wrong in this case, and what to do.</param>
    public IResult With(string detail) => new ProblemResult(this, detail);
}

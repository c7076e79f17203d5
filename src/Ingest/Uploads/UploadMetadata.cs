using System.Globalization;
using System.Text;
using Distribution.Contracts.Files;
using Distribution.Ingest.Problems;
using Microsoft.AspNetCore.Http;

namespace Distribution.Ingest.Uploads;

/// <summary>The tus header <c>Upload-Metadata</c>: pairs of a key and a Base64 value (tus 1.0.0, "Creation").</summary>
/// <param name="Name">From <c>filename</c>, checked.</param>
/// <param name="Title">From <c>title</c>; the name where there is none.</param>
/// <param name="ContentType">From <c>filetype</c>, without parameters; "application/octet-stream" where there is none.</param>
/// <param name="Format">From <c>format</c>, "v1" or "hybrid"; null where there is none.</param>
/// <param name="PieceLengthBytes">From <c>piecelength</c>, not checked; null where there is none.</param>
/// <param name="Replaces">From <c>replaces</c>, not checked; null where there is none.</param>
/// <param name="Raw">The header as it came.</param>
internal sealed record UploadMetadata(
    string Name,
    string Title,
    string ContentType,
    TorrentFormat? Format,
    long? PieceLengthBytes,
    string? Replaces,
    string Raw
)
{
    public const int MaxHeaderLength = 8192;
    private const int MaxContentTypeLength = 127;
    private const string DefaultContentType = "application/octet-stream";

    private static readonly string[] Known = ["filename", "title", "filetype", "format", "piecelength", "replaces"];

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public static bool TryParse(string header, out UploadMetadata? metadata, out IResult? problem)
    {
        metadata = null;
        problem = null;
        if (header.Length > MaxHeaderLength)
            problem = Problem.InvalidMetadata.With($"Upload-Metadata is longer than {MaxHeaderLength} characters.");
        else if (!TryReadPairs(header, out Dictionary<string, string> pairs, out string? error))
            problem = Problem.InvalidMetadata.With(error!);
        else if (!pairs.TryGetValue("filename", out string? name))
            problem = Problem.InvalidName.With("Upload-Metadata has no filename.");
        else if (FileNames.Check(name) is { } reason)
            problem = Problem.InvalidName.With(reason);
        else if (!UploadTitle.TryRead(pairs.GetValueOrDefault("title"), name, out string title, out error))
            problem = Problem.InvalidMetadata.With(error);
        else if (!TryReadContentType(pairs, out string contentType, out error))
            problem = Problem.InvalidMetadata.With(error!);
        else if (!TryReadFormat(pairs, out TorrentFormat? format, out error))
            problem = Problem.InvalidMetadata.With(error!);
        else if (!TryReadPieceLength(pairs, out long? pieceLength, out error))
            problem = Problem.InvalidMetadata.With(error!);
        else
            metadata = new UploadMetadata(
                name,
                title,
                contentType,
                format,
                pieceLength,
                pairs.GetValueOrDefault("replaces", "") is { Length: > 0 } replaces ? replaces : null,
                header
            );
        return metadata is not null;
    }

    public NewUpload ToUpload(string publisherId, long sizeBytes) =>
        new()
        {
            PublisherId = publisherId,
            Name = Name,
            Title = Title,
            ContentType = ContentType,
            SizeBytes = sizeBytes,
            Format = Format,
            PieceLengthBytes = PieceLengthBytes,
            Replaces = Replaces,
            UploadMetadata = Raw,
        };

    private static bool TryReadPairs(string header, out Dictionary<string, string> pairs, out string? error)
    {
        pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        error = null;
        foreach (
            string pair in header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        )
        {
            string[] parts = pair.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length > 2 || !pairs.TryAdd(parts[0], parts.Length == 2 ? Decode(parts[0], parts[1]) : ""))
            {
                error = $"\"{parts[0]}\" is there twice, or is no pair of a key and a Base64 value.";
                return false;
            }
            // NUL stands for what could not be decoded: no value that is used may contain it anyway.
            if (pairs[parts[0]].Contains('\0', StringComparison.Ordinal))
            {
                error = $"The value of \"{parts[0]}\" is not Base64 of UTF-8 text.";
                return false;
            }
        }
        return true;
    }

    private static string Decode(string key, string base64)
    {
        try
        {
            byte[] value = Convert.FromBase64String(base64);
            // Under keys that mean nothing here, a client may keep any bytes.
            return Known.Contains(key) ? StrictUtf8.GetString(value) : "";
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return "\0";
        }
    }

    /// <summary>True for a type and a subtype, without parameters.</summary>
    public static bool IsMediaType(string? text) =>
        text is { Length: <= MaxContentTypeLength } && text.Split('/') is { Length: 2 } parts && parts.All(IsToken);

    private static bool TryReadContentType(Dictionary<string, string> pairs, out string contentType, out string? error)
    {
        error = null;
        contentType = pairs.GetValueOrDefault("filetype", "").Split(';')[0].Trim().ToLowerInvariant();
        if (contentType.Length == 0)
            contentType = DefaultContentType;
        if (!IsMediaType(contentType))
            error = "The filetype is no media type, as \"video/mp4\" is.";
        return error is null;
    }

    private static bool TryReadFormat(Dictionary<string, string> pairs, out TorrentFormat? format, out string? error)
    {
        format = null;
        error =
            pairs.GetValueOrDefault("format", "") is { Length: > 0 } text && !TorrentFormats.TryParse(text, out format)
                ? $"The format is not {TorrentFormats.Known}."
                : null;
        return error is null;
    }

    private static bool TryReadPieceLength(Dictionary<string, string> pairs, out long? pieceLength, out string? error)
    {
        pieceLength = null;
        error = null;
        if (pairs.GetValueOrDefault("piecelength", "") is not { Length: > 0 } text)
            return true;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            pieceLength = number;
        else
            error = "The piecelength is no number of bytes.";
        return error is null;
    }

    // RFC 9110, 5.6.2
    private static bool IsToken(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c));
}

using Distribution.Ingest.Problems;
using Microsoft.AspNetCore.Http;

namespace Distribution.Ingest.Uploads.Checksums;

/// <summary>What a request promised about its body's bytes: a checksum in its head, or one to come in its trailer.</summary>
internal sealed class BodyChecksum
{
    private readonly HttpRequest _request;
    private readonly UploadChecksum? _known;

    private BodyChecksum(HttpRequest request, UploadChecksum? known)
    {
        _request = request;
        _known = known;
    }

    /// <summary>What the body must be hashed with: everything that a trailer could ask for, or what the head asks for.</summary>
    public IReadOnlyList<string> Algorithms => _known is null ? UploadChecksum.Algorithms : [_known.Algorithm];

    /// <summary>False: the request must be refused. A null checksum: nothing was promised.</summary>
    public static bool TryRead(HttpRequest request, out BodyChecksum? checksum, out IResult? refusal)
    {
        checksum = null;
        refusal = null;
        if (request.Headers.TryGetValue(TusProtocol.UploadChecksum, out var header))
        {
            if (!UploadChecksum.TryParse(header.ToString(), out UploadChecksum? known, out refusal))
                return false;
            checksum = new BodyChecksum(request, known);
        }
        else if (
            request.SupportsTrailers()
            && request.GetDeclaredTrailers().Contains(TusProtocol.UploadChecksum, StringComparer.OrdinalIgnoreCase)
        )
            checksum = new BodyChecksum(request, null);
        return true;
    }

    /// <summary>Compares, once the body was read to its end. Null: it is what was promised.</summary>
    public IResult? Verify(HashedBody body)
    {
        UploadChecksum? promised = _known;
        if (promised is null)
        {
            if (!_request.CheckTrailersAvailable() || _request.GetTrailer(TusProtocol.UploadChecksum) is not [{ } text])
                return Problem.InvalidHeader.With("The trailer Upload-Checksum was announced and did not come.");
            if (!UploadChecksum.TryParse(text, out promised, out IResult? refusal))
                return refusal;
        }
        return body.Matches(promised)
            ? null
            : Problem.ChecksumMismatch.With("The body is not what it was: none of it was kept; send it again.");
    }
}

using Distribution.Contracts.Access;
using Distribution.Contracts.Files;
using Distribution.Ingest.Problems;
using Distribution.Ingest.Uploads.Parts;
using Microsoft.AspNetCore.Http;

namespace Distribution.Ingest.Uploads;

/// <summary>What the headers of a tus creation ask for: an upload, a part of one, or one put together from parts.</summary>
/// <param name="PartIds">Of an upload that is put together; null for the others.</param>
internal sealed record CreationRequest(NewUpload Upload, IReadOnlyList<string>? PartIds)
{
    private const string PartName = "part";
    private const string PartType = "application/octet-stream";

    public static bool TryRead(HttpRequest request, bool hasBody, out CreationRequest? creation, out IResult? refusal)
    {
        creation = null;
        refusal = null;
        IHeaderDictionary headers = request.Headers;
        string publisherId = AccessClaims.PublisherOf(request.HttpContext.User);
        UploadConcat? concat = null;
        if (headers.ContainsKey(TusProtocol.UploadDeferLength))
            refusal = Problem.DeferredLength.With($"Send {TusProtocol.UploadLength}, not a promise of it.");
        else if (
            headers.TryGetValue(TusProtocol.UploadConcat, out var header)
            && !UploadConcat.TryParse(
                header.ToString(),
                request.PathBase + TusEndpoints.Path,
                out concat,
                out string? error
            )
        )
            refusal = Problem.InvalidConcatenation.With(error);
        else if (concat?.PartIds is { } partIds)
            creation = ReadWhole(headers, publisherId, concat, partIds, hasBody, out refusal);
        else if (!TusEndpoints.TryReadCount(headers, TusProtocol.UploadLength, out long size))
            refusal = Problem.InvalidHeader.With($"{TusProtocol.UploadLength} must be a number of bytes.");
        else
            creation = concat is null
                ? ReadSingle(headers, publisherId, size, out refusal)
                : ReadPart(headers, publisherId, concat, size, out refusal);
        return creation is not null;
    }

    private static CreationRequest? ReadWhole(
        IHeaderDictionary headers,
        string publisherId,
        UploadConcat concat,
        IReadOnlyList<string> partIds,
        bool hasBody,
        out IResult? refusal
    )
    {
        refusal = null;
        if (headers.ContainsKey(TusProtocol.UploadLength))
            refusal = Problem.InvalidConcatenation.With(
                $"An upload of parts is as long as these: send no {TusProtocol.UploadLength}."
            );
        else if (hasBody)
            refusal = Problem.InvalidConcatenation.With("An upload of parts has all its bytes: send no body.");
        else if (ReadSingle(headers, publisherId, 0, out refusal) is { } single)
            return new CreationRequest(single.Upload with { UploadConcat = concat.Raw }, partIds);
        return null;
    }

    private static CreationRequest? ReadSingle(
        IHeaderDictionary headers,
        string publisherId,
        long size,
        out IResult? refusal
    ) =>
        UploadMetadata.TryParse(
            headers[TusProtocol.UploadMetadata].ToString(),
            out UploadMetadata? metadata,
            out refusal
        )
            ? new CreationRequest(metadata!.ToUpload(publisherId, size), null)
            : null;

    // Its metadata is the client's own affair, and none of the upload's that it becomes a part of.
    private static CreationRequest? ReadPart(
        IHeaderDictionary headers,
        string publisherId,
        UploadConcat concat,
        long size,
        out IResult? refusal
    )
    {
        string metadata = headers[TusProtocol.UploadMetadata].ToString();
        refusal =
            metadata.Length > UploadMetadata.MaxHeaderLength
                ? Problem.InvalidMetadata.With(
                    $"Upload-Metadata is longer than {UploadMetadata.MaxHeaderLength} characters."
                )
                : null;
        if (refusal is not null)
            return null;
        var upload = new NewUpload
        {
            PublisherId = publisherId,
            Name = PartName,
            Title = PartName,
            ContentType = PartType,
            SizeBytes = size,
            Format = TorrentFormat.V1,
            IsPart = true,
            UploadMetadata = metadata,
            UploadConcat = concat.Raw,
        };
        return new CreationRequest(upload, null);
    }
}

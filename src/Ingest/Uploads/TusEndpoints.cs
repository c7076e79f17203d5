using System.Globalization;
using Distribution.Contracts.Access;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Pieces;
using Distribution.Ingest.Problems;
using Distribution.Ingest.Transport;
using Distribution.Ingest.Uploads.Checksums;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Ingest.Uploads;

/// <summary>
/// Resumable uploads: tus 1.0.0 with creation, creation-with-upload, termination, expiration, checksum and its trailer, and
/// concatenation. What of it is tested where: docs/tus-compliance.md.
/// </summary>
internal sealed class TusEndpoints(UploadDesk desk, ReplacedFiles replaced, IngestOptions options, TimeProvider clock)
{
    public const string Path = "/api/v1/uploads";

    public void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup(Path).RequireAuthorization(AccessPolicies.Upload);
        group.Map("", HandleRootAsync);
        group.Map("/{id}", HandleUploadAsync);
    }

    private Task HandleRootAsync(HttpContext context) =>
        Method(context) switch
        {
            "OPTIONS" => DescribeAsync(context),
            "POST" => GuardAsync(context, () => CreateAsync(context)),
            _ => RefuseMethodAsync(context, "OPTIONS, POST"),
        };

    private Task HandleUploadAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        return Method(context) switch
        {
            "OPTIONS" => DescribeAsync(context),
            "HEAD" => GuardAsync(context, () => OwnAsync(context, id, StatusAsync)),
            "PATCH" => GuardAsync(context, () => OwnAsync(context, id, AppendAsync)),
            "DELETE" => GuardAsync(context, () => OwnAsync(context, id, CancelAsync)),
            _ => RefuseMethodAsync(context, "OPTIONS, HEAD, PATCH, DELETE"),
        };
    }

    // "The Server MUST use this header's value as the method": for clients behind proxies that know no PATCH.
    private static string Method(HttpContext context) =>
        context.Request.Headers.TryGetValue(TusProtocol.MethodOverride, out var method)
            ? method.ToString().ToUpperInvariant()
            : context.Request.Method;

    private Task DescribeAsync(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers[TusProtocol.Resumable] = TusProtocol.Version;
        headers[TusProtocol.VersionHeader] = TusProtocol.Version;
        headers[TusProtocol.ExtensionHeader] = TusProtocol.Extensions;
        headers[TusProtocol.ChecksumAlgorithm] = string.Join(',', UploadChecksum.Algorithms);
        headers[TusProtocol.MaxSize] = Text(options.MaxUploadBytes);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    // "If the version is not supported, the Server MUST respond with 412 and MUST include Tus-Version", and do nothing else.
    private static async Task GuardAsync(HttpContext context, Func<Task<IResult>> action)
    {
        context.Response.Headers[TusProtocol.Resumable] = TusProtocol.Version;
        IResult result;
        if (context.Request.Headers[TusProtocol.Resumable] != TusProtocol.Version)
        {
            context.Response.Headers[TusProtocol.VersionHeader] = TusProtocol.Version;
            result = Problem.UnsupportedVersion.With($"Send \"{TusProtocol.Resumable}: {TusProtocol.Version}\".");
        }
        else
        {
            try
            {
                result = await action();
            }
            catch (Exception e) when (e is OrleansException or TimeoutException)
            {
                result = Problem.CatalogUnavailable.With("The catalog of files does not answer; try again.");
            }
            catch (Exception e) when (e is IOException and not BadHttpRequestException)
            {
                result = Problem.StorageFailed.With("What was acknowledged is kept; try again.");
            }
        }
        await result.ExecuteAsync(context);
    }

    private static Task RefuseMethodAsync(HttpContext context, string allowed)
    {
        context.Response.Headers[TusProtocol.Resumable] = TusProtocol.Version;
        context.Response.Headers.Allow = allowed;
        return Problem.MethodNotAllowed.With($"Known here: {allowed}.").ExecuteAsync(context);
    }

    private async Task<IResult> CreateAsync(HttpContext context)
    {
        IHeaderDictionary headers = context.Request.Headers;
        bool hasBody = context.Request.ContentLength > 0 || headers.ContainsKey("Transfer-Encoding");
        if (hasBody && !IsBodyType(context))
            return Problem.UnsupportedContentType.With($"It is \"{context.Request.ContentType}\".");
        if (!BodyChecksum.TryRead(context.Request, out BodyChecksum? checksum, out IResult? refusal))
            return refusal!;
        if (!CreationRequest.TryRead(context.Request, hasBody, out CreationRequest? request, out refusal))
            return refusal!;
        if (await replaced.CheckAsync(request!.Upload) is { } wrong)
            return wrong;
        UploadStep step = request.PartIds is { } partIds
            ? await desk.ConcatenateAsync(request.Upload, partIds, context.RequestAborted)
            : await desk.CreateAsync(request.Upload, context.RequestAborted);
        if (step.Refusal is not null)
            return step.Refusal;
        ContentManifest manifest = step.Manifest;
        long offset = step.OffsetBytes ?? 0;
        if (hasBody && manifest.SizeBytes > 0)
        {
            // The upload exists now, so the answer is 201 in any case: what of the body was kept, the offset says.
            AllowLongBody(context);
            UploadStep? appended = await desk.AppendAsync(
                manifest.FileId,
                0,
                RequestBody(context),
                checksum,
                CancellationToken.None
            );
            offset = appended?.OffsetBytes ?? 0;
        }
        if (hasBody)
            context.Response.Headers[TusProtocol.UploadOffset] = Text(offset);
        AddExpiry(context, manifest, offset);
        context.Response.Headers.Location = $"{context.Request.PathBase}{Path}/{manifest.FileId}";
        context.Response.StatusCode = StatusCodes.Status201Created;
        return Results.Empty;
    }

    /// <summary>Another publisher's upload is not there.</summary>
    private async Task<IResult> OwnAsync(
        HttpContext context,
        string id,
        Func<HttpContext, string, Task<IResult>> action
    )
    {
        string? owner = await desk.FindPublisherAsync(id, context.RequestAborted);
        return owner is null || owner == AccessClaims.PublisherOf(context.User)
            ? await action(context, id)
            : Problem.UnknownUpload.With("Start a new upload.");
    }

    private async Task<IResult> StatusAsync(HttpContext context, string id)
    {
        UploadStep? step = await desk.StatusAsync(id, context.RequestAborted);
        if (step is null)
            return await UnknownAsync(id);
        if (step.Refusal is not null)
            return step.Refusal;
        IHeaderDictionary headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers[TusProtocol.UploadLength] = Text(step.Manifest.SizeBytes);
        if (step.Manifest.UploadMetadata.Length > 0)
            headers[TusProtocol.UploadMetadata] = step.Manifest.UploadMetadata;
        if (step.Manifest.UploadConcat.Length > 0)
            headers[TusProtocol.UploadConcat] = step.Manifest.UploadConcat;
        if (step.OffsetBytes is { } offset)
            headers[TusProtocol.UploadOffset] = Text(offset);
        context.Response.StatusCode = StatusCodes.Status200OK;
        return Results.Empty;
    }

    private async Task<IResult> AppendAsync(HttpContext context, string id)
    {
        if (await desk.TouchAsync(id, context.RequestAborted) is not { } standing)
            return await UnknownAsync(id);
        if (standing.Refusal is not null)
            return standing.Refusal;
        // Now, for every refusal below: the upload lives on.
        AddExpiry(context, standing.Manifest, standing.OffsetBytes ?? 0);
        if (!IsBodyType(context))
            return Problem.UnsupportedContentType.With($"It is \"{context.Request.ContentType}\".");
        if (!TryReadCount(context.Request.Headers, TusProtocol.UploadOffset, out long offset))
            return Problem.InvalidHeader.With($"{TusProtocol.UploadOffset} must be a number of bytes.");
        if (!BodyChecksum.TryRead(context.Request, out BodyChecksum? checksum, out IResult? refusal))
            return refusal!;
        AllowLongBody(context);
        // Not cancelled with the request: what came before the client was lost must still be kept.
        UploadStep? step = await desk.AppendAsync(id, offset, RequestBody(context), checksum, CancellationToken.None);
        if (step is null)
            return await UnknownAsync(id);
        if (step.OffsetBytes is { } reached)
        {
            context.Response.Headers[TusProtocol.UploadOffset] = Text(reached);
            AddExpiry(context, step.Manifest, reached);
        }
        if (step.Refusal is not null)
            return step.Refusal;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Results.Empty;
    }

    private async Task<IResult> CancelAsync(HttpContext context, string id)
    {
        UploadStep? step = await desk.TerminateAsync(
            id,
            mayTakeDown: context.User.May(AccessPolicies.Manage),
            CancellationToken.None
        );
        if (step is null)
            return await UnknownAsync(id);
        if (step.Refusal is not null)
            return step.Refusal;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Results.Empty;
    }

    private async Task<IResult> UnknownAsync(string id) =>
        await desk.IsGoneAsync(id)
            ? Problem.GoneUpload.With("Start a new upload.")
            : Problem.UnknownUpload.With("Start a new upload.");

    // Counted from the last PATCH, so only an answer to one can say it. A part that is whole expires all the same.
    private void AddExpiry(HttpContext context, ContentManifest manifest, long offset)
    {
        context.Response.Headers.Remove(TusProtocol.UploadExpires);
        if (manifest.Source is null && (offset < manifest.SizeBytes || manifest.IsPart))
            context.Response.Headers[TusProtocol.UploadExpires] = (clock.GetUtcNow() + options.UploadLifetime).ToString(
                "R",
                CultureInfo.InvariantCulture
            );
    }

    private static void AllowLongBody(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = null;
    }

    // The connection's input is this body's alone where nothing lies between: no TLS, no frames, no chunks.
    private static IncomingBody RequestBody(HttpContext context) =>
        new(
            context.Request.BodyReader,
            context.Request.ContentLength,
            HttpProtocol.IsHttp11(context.Request.Protocol)
            && context.Request.ContentLength is not null
            && context.Features.Get<IAcceptedBytesFeature>() is { IsDirect: true }
                ? context.Features.Get<IPlacedInputFeature>()
                : null
        );

    private static bool IsBodyType(HttpContext context) =>
        string.Equals(context.Request.ContentType, TusProtocol.BodyType, StringComparison.OrdinalIgnoreCase);

    internal static bool TryReadCount(IHeaderDictionary headers, string name, out long count) =>
        long.TryParse(headers[name].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out count);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Net;
using Distribution.Contracts.Access;
using Distribution.Contracts.Files;
using Distribution.Contracts.Ledgers;
using Distribution.Ingest.Problems;
using Distribution.Ingest.Sends;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Distribution.Ingest.WebSeeds;

/// <summary>
/// The web seed (BEP 19, "GetRight style": the URL is the file, or leads to a folder's files) and the plain link. Neither ever redirects nor answers 503:
/// clients drop a web seed that does, for the session.
/// </summary>
internal sealed class WebSeedEndpoints(ServedFiles files, OpenContents contents, WebSeedSends sends)
{
    private static readonly string[] Methods = ["GET", "HEAD", "OPTIONS"];

    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "/webseed", SendKind.WebSeed);
        Map(routes, "/download", SendKind.Direct);
    }

    private void Map(IEndpointRouteBuilder routes, string prefix, SendKind kind) =>
        routes
            .MapMethods(
                prefix + "/{id}/{**path}",
                Methods,
                context => HandleAsync(context, Route(context, "id"), Route(context, "path"), kind)
            )
            .AllowAnonymous();

    private static string Route(HttpContext context, string name) => context.Request.RouteValues[name] as string ?? "";

    private async Task HandleAsync(HttpContext context, string id, string path, SendKind kind)
    {
        CrossOrigin.Allow(context);
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        ServedFile? file;
        try
        {
            file = await files.FindAsync(id, context.RequestAborted);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            // An error status would cost us the client for good; a lost connection it tries again.
            context.Abort();
            return;
        }
        bool isListing =
            kind == SendKind.Direct && file is not null && FolderListing.IsAskedFor(file.Stored.Manifest, path);
        if (isListing && file!.State is FileState.Published)
            await FolderListing.WriteAsync(context, file.Stored.Manifest);
        else if (isListing && file!.State is FileState.Unpublished or FileState.Failed)
            await Problem.UnpublishedFile.With("Its publisher took it down.").ExecuteAsync(context);
        else if (file?.Paths.Find(path) is not { } part)
            await Problem.UnknownFile.With("No file of this id and name.").ExecuteAsync(context);
        else if (file.State is FileState.Unpublished or FileState.Failed)
            await Problem.UnpublishedFile.With("Its publisher took it down.").ExecuteAsync(context);
        else if (file.State is not FileState.Published)
            await Problem.UnknownFile.With("The file is not published yet.").ExecuteAsync(context);
        else
            await ServeAsync(context, file, part, kind);
    }

    private async Task ServeAsync(HttpContext context, ServedFile file, ServedPart part, SendKind kind)
    {
        SetHeaders(context, file, part, kind);
        var conditions = new RequestConditions(context.Request, part.EntityTag, file.PublishedAt);
        HttpResponse response = context.Response;
        if (conditions.IsNotModified)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        // Ranges are defined for GET alone (RFC 9110, 14.2).
        bool hasBody = HttpMethods.IsGet(context.Request.Method);
        RangeKind kindOfRange = RangeHeader.Read(
            hasBody && conditions.RangeApplies ? context.Request.Headers.Range.ToString() : null,
            part.SizeBytes,
            out IReadOnlyList<ByteRange> ranges
        );
        MultipartRanges? parts = null;
        if (kindOfRange == RangeKind.Unsatisfiable)
        {
            RefuseRange(response, part.SizeBytes);
            return;
        }
        if (kindOfRange == RangeKind.Whole)
            ranges = part.SizeBytes > 0 ? [new ByteRange(0, part.SizeBytes)] : [];
        else
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            if (ranges.Count == 1)
                response.Headers.ContentRange = MultipartRanges.ContentRange(ranges[0], part.SizeBytes);
            else
            {
                parts = new MultipartRanges(ranges, response.ContentType!, part.SizeBytes);
                response.ContentType = parts.ContentType;
            }
        }
        response.ContentLength = parts?.LengthBytes ?? (ranges.Count == 0 ? 0 : ranges[0].Length);
        if (hasBody && ranges.Count > 0)
            await SendAsync(context, file, part, kind, ranges, parts);
    }

    private async Task SendAsync(
        HttpContext context,
        ServedFile file,
        ServedPart part,
        SendKind kind,
        IReadOnlyList<ByteRange> ranges,
        MultipartRanges? parts
    )
    {
        ContentLease? lease = part.IsPadding
            ? null
            : await contents.OpenAsync(file.Stored.Manifest.FileId, context.RequestAborted);
        if (lease is null && !part.IsPadding)
        {
            context.Abort();
            return;
        }
        using ContentLease? held = lease;
        TransferMeter meter = sends.Meter(
            file.Stored.Content.InfoHash,
            context.Connection.RemoteIpAddress ?? IPAddress.None,
            await IsEdgeAsync(context) ? SendKind.EdgeFill : kind
        );
        var body = new BodySender(context, held?.Reader ?? new ZeroContent(part.SizeBytes), meter);
        try
        {
            await body.StartAsync();
            for (int i = 0; i < ranges.Count; i++)
            {
                if (parts is not null)
                    body.Write(parts.Heads[i]);
                if (!await body.SendAsync(ranges[i] with { Start = part.OffsetBytes + ranges[i].Start }))
                    return;
            }
            if (parts is not null)
            {
                body.Write(parts.Tail);
                await body.FlushAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The viewer went away.
        }
    }

    private static void RefuseRange(HttpResponse response, long size)
    {
        response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
        response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{size}");
        response.Headers.Remove("Content-Disposition");
        response.ContentType = null;
        response.ContentLength = 0;
    }

    private static void SetHeaders(HttpContext context, ServedFile file, ServedPart part, SendKind kind)
    {
        IHeaderDictionary headers = context.Response.Headers;
        context.Response.ContentType = SeedHeaders.ShownType(part.ContentType);
        headers.AcceptRanges = "bytes";
        headers.ETag = part.EntityTag;
        headers.LastModified = file.LastModified;
        headers.CacheControl = SeedHeaders.CacheControl;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = SeedHeaders.ContentSecurityPolicy;
        if (kind != SendKind.Direct)
            return;
        headers.ContentDisposition =
            SeedHeaders.IsSafeToShow(part.ContentType) && context.Request.Query.ContainsKey("inline")
                ? ContentDisposition.Inline(part.Name)
                : ContentDisposition.Attachment(part.Name);
    }

    private static async Task<bool> IsEdgeAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization.Count == 0)
            return false;
        IServiceProvider services = context.RequestServices;
        if (
            services.GetService<IPolicyEvaluator>() is not { } evaluator
            || services.GetService<IAuthorizationPolicyProvider>() is not { } policies
            || await policies.GetPolicyAsync(AccessPolicies.Edge) is not { } policy
        )
            return false;
        var authenticated = await evaluator.AuthenticateAsync(policy, context);
        return (await evaluator.AuthorizeAsync(policy, authenticated, context, resource: null)).Succeeded;
    }
}

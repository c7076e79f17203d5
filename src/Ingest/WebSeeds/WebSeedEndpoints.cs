using System.Globalization;
using System.Net;
using Distribution.Contracts.Access;
using Distribution.Contracts.Files;
using Distribution.Contracts.Ledgers;
using Distribution.Ingest.Contents;
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
/// The web seed (BEP 19, "GetRight style": the URL is the file) and the plain link. Neither ever redirects nor answers 503:
/// clients drop a web seed that does, for the session.
/// </summary>
internal sealed class WebSeedEndpoints(ServedFiles files, OpenContents contents, WebSeedSends sends)
{
    private static readonly string[] Methods = ["GET", "HEAD", "OPTIONS"];

    // What a browser may show in our name. Everything else is a download: a page or an SVG could carry script.
    private static readonly HashSet<string> SafeImages = new(StringComparer.Ordinal)
    {
        "image/avif",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/webp",
    };

    public void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapMethods(
                "/webseed/{id}/{name}",
                Methods,
                (HttpContext context, string id, string name) => HandleAsync(context, id, name, SendKind.WebSeed)
            )
            .AllowAnonymous();
        routes
            .MapMethods(
                "/download/{id}/{name}",
                Methods,
                (HttpContext context, string id, string name) => HandleAsync(context, id, name, SendKind.Direct)
            )
            .AllowAnonymous();
    }

    private async Task HandleAsync(HttpContext context, string id, string name, SendKind kind)
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
        if (file is null || !string.Equals(file.Stored.Manifest.Name, name, StringComparison.Ordinal))
            await Problem.UnknownFile.With("No file of this id and name.").ExecuteAsync(context);
        else if (file.State is FileState.Unpublished or FileState.Failed)
            await Problem.UnpublishedFile.With("Its publisher took it down.").ExecuteAsync(context);
        else if (file.State is not FileState.Published)
            await Problem.UnknownFile.With("The file is not published yet.").ExecuteAsync(context);
        else
            await ServeAsync(context, file, kind);
    }

    private async Task ServeAsync(HttpContext context, ServedFile file, SendKind kind)
    {
        SetHeaders(context, file, kind);
        var conditions = new RequestConditions(context.Request, file.EntityTag, file.PublishedAt);
        HttpResponse response = context.Response;
        if (conditions.IsNotModified)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        long size = file.Stored.Manifest.SizeBytes;
        RangeKind range = RangeHeader.Read(
            conditions.RangeApplies ? context.Request.Headers.Range.ToString() : null,
            size,
            out long start,
            out long length
        );
        if (range == RangeKind.Unsatisfiable)
        {
            response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{size}");
            response.Headers.Remove("Content-Disposition");
            response.ContentType = null;
            response.ContentLength = 0;
            return;
        }
        if (range == RangeKind.Part)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = string.Create(
                CultureInfo.InvariantCulture,
                $"bytes {start}-{start + length - 1}/{size}"
            );
        }
        response.ContentLength = length;
        if (HttpMethods.IsHead(context.Request.Method) || length == 0)
            return;
        if (await contents.OpenAsync(file.Stored.Manifest.FileId, context.RequestAborted) is not { } opened)
        {
            context.Abort();
            return;
        }
        using ContentLease content = opened;
        TransferMeter meter = sends.Meter(
            file.Stored.Content.InfoHash,
            context.Connection.RemoteIpAddress ?? IPAddress.None,
            await IsEdgeAsync(context) ? SendKind.EdgeFill : kind
        );
        try
        {
            await BodySender.SendAsync(context, content.Reader, start, length, meter);
        }
        catch (OperationCanceledException)
        {
            // The viewer went away.
        }
    }

    private static void SetHeaders(HttpContext context, ServedFile file, SendKind kind)
    {
        ContentManifest manifest = file.Stored.Manifest;
        IHeaderDictionary headers = context.Response.Headers;
        bool isSafe = IsSafeToShow(manifest.ContentType);
        context.Response.ContentType = isSafe ? manifest.ContentType : "application/octet-stream";
        headers.AcceptRanges = "bytes";
        headers.ETag = file.EntityTag;
        headers.LastModified = file.PublishedAt.ToString("R", CultureInfo.InvariantCulture);
        headers.CacheControl = "no-transform";
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "sandbox; default-src 'none'; media-src 'self'; img-src 'self'";
        if (kind != SendKind.Direct)
            return;
        headers.ContentDisposition =
            isSafe && context.Request.Query.ContainsKey("inline")
                ? ContentDisposition.Inline(manifest.Name)
                : ContentDisposition.Attachment(manifest.Name);
    }

    private static bool IsSafeToShow(string contentType) =>
        contentType.StartsWith("video/", StringComparison.Ordinal)
        || contentType.StartsWith("audio/", StringComparison.Ordinal)
        || SafeImages.Contains(contentType);

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

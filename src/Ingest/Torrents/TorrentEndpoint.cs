using Distribution.BitTorrent.Metainfo;
using Distribution.Contracts.Files;
using Distribution.Contracts.Links;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Problems;
using Distribution.Ingest.WebSeeds;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Distribution.Ingest.Torrents;

/// <summary>
/// <c>GET /torrents/{id}.torrent</c>: the stored info dictionary and piece layers, so that the info-hashes never change, with the links
/// of today.
/// </summary>
internal sealed class TorrentEndpoint(ServedFiles files, IContentStore store, PublicUrls urls)
{
    private const string Creator = "Distribution";

    public void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapMethods(
                "/torrents/{id}.torrent",
                ["GET", "HEAD", "OPTIONS"],
                (HttpContext context, string id) => HandleAsync(context, id)
            )
            .AllowAnonymous();

    private async Task<IResult> HandleAsync(HttpContext context, string id)
    {
        CrossOrigin.Allow(context);
        if (HttpMethods.IsOptions(context.Request.Method))
            return Results.NoContent();
        ServedFile? file;
        try
        {
            file = await files.FindAsync(id, context.RequestAborted);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return Problem.CatalogUnavailable.With("The catalog of files does not answer; try again.");
        }
        if (file is null)
            return Problem.UnknownFile.With("No file of this id.");
        if (file.State is FileState.Unpublished or FileState.Failed)
            return Problem.UnpublishedFile.With("Its publisher took it down.");
        StoredTorrent? torrent = await store.ReadTorrentAsync(id, context.RequestAborted);
        if (file.State is not FileState.Published || torrent is null)
            return Problem.UnknownFile.With("The file is not published yet.");
        string name = file.Stored.Manifest.Name;
        Uri? publicUrl = await store.PublicUrlAsync(id, context.RequestAborted);
        byte[] metainfo = MetainfoFile.Encode(
            torrent.InfoDictionary.Span,
            torrent.PieceLayers.Span,
            [urls.Announce],
            publicUrl is null
                ? [file.Stored.Manifest.Files is null ? urls.WebSeed(id, name) : urls.WebSeedOfFolder(id)]
                : [publicUrl.AbsoluteUri, urls.WebSeed(id, name)],
            file.PublishedAt,
            Creator
        );
        context.Response.Headers.ContentDisposition = ContentDisposition.Attachment($"{name}.torrent");
        context.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(metainfo, "application/x-bittorrent");
    }
}

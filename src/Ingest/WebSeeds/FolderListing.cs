using System.Globalization;
using System.Net;
using System.Text;
using Distribution.Ingest.Contents;
using Microsoft.AspNetCore.Http;

namespace Distribution.Ingest.WebSeeds;

/// <summary>What the plain link of a folder shows: its files with their sizes, for a browser without script.</summary>
internal static class FolderListing
{
    /// <summary>True where <paramref name="path"/> names the folder itself, with or without a slash at its end.</summary>
    public static bool IsAskedFor(ContentManifest manifest, string path) =>
        manifest.Files is not null && (path == manifest.Name || path == manifest.Name + "/");

    public static async Task WriteAsync(HttpContext context, ContentManifest manifest)
    {
        byte[] page = Encoding.UTF8.GetBytes(
            Render(
                manifest,
                $"{context.Request.PathBase}/download/{manifest.FileId}/{Uri.EscapeDataString(manifest.Name)}/"
            )
        );
        HttpResponse response = context.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = page.Length;
        response.Headers.CacheControl = "no-cache";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
        if (HttpMethods.IsGet(context.Request.Method))
            await response.Body.WriteAsync(page, context.RequestAborted);
    }

    private static string Render(ContentManifest manifest, string folder)
    {
        string title = WebUtility.HtmlEncode(manifest.Title);
        var page = new StringBuilder(
            $$"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{title}}</title>
            <style>:root{color-scheme:light dark}body{font-family:sans-serif;margin:2rem;overflow-wrap:anywhere}
            td{padding:.2rem 1.5rem .2rem 0;vertical-align:top}td+td{text-align:right;white-space:nowrap}</style></head>
            <body><h1>{{title}}</h1><table>

            """
        );
        foreach (ContentFile file in manifest.Files!.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            string address = folder + string.Join('/', file.Path.Split('/').Select(Uri.EscapeDataString));
            page.Append(CultureInfo.InvariantCulture, $"<tr><td><a href=\"{WebUtility.HtmlEncode(address)}\">")
                .Append(WebUtility.HtmlEncode(file.Path))
                .Append(CultureInfo.InvariantCulture, $"</a></td><td>{file.SizeBytes:N0} bytes</td></tr>\n");
        }
        return page.Append("</table></body></html>\n").ToString();
    }
}

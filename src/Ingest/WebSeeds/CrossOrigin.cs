using Microsoft.AspNetCore.Http;

namespace Distribution.Ingest.WebSeeds;

/// <summary>Lets scripts of any site read public content, ranges included: browser viewers are BitTorrent clients too.</summary>
internal static class CrossOrigin
{
    public const string ExposedHeaders =
        "Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag, Last-Modified";

    public static void Allow(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            headers.AccessControlAllowMethods = "GET, HEAD";
            headers.AccessControlAllowHeaders = "Range, If-Range, If-None-Match, If-Modified-Since, Cache-Control";
            headers.AccessControlMaxAge = "86400";
            return;
        }
        headers.AccessControlExposeHeaders = ExposedHeaders;
    }
}

using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Distribution.Ingest.WebSeeds;

/// <summary>What a request's conditional headers come to (RFC 9110, 13): the content of a published file never changes.</summary>
internal readonly struct RequestConditions
{
    public RequestConditions(HttpRequest request, string entityTag, DateTimeOffset lastModified)
    {
        var seconds = DateTimeOffset.FromUnixTimeSeconds(lastModified.ToUnixTimeSeconds());
        string ifRange = request.Headers.IfRange.ToString().Trim();
        // A strong comparison, of tags or of dates: "W/" never matches.
        RangeApplies =
            ifRange.Length == 0 || ifRange == entityTag || IsDate(ifRange, out DateTimeOffset date) && date == seconds;
        string ifNoneMatch = request.Headers.IfNoneMatch.ToString();
        IsNotModified =
            ifNoneMatch.Length > 0
                ? ifNoneMatch
                    .Split(',', StringSplitOptions.TrimEntries)
                    .Any(tag => tag == "*" || Weak(tag) == entityTag)
                : IsDate(request.Headers.IfModifiedSince.ToString(), out DateTimeOffset since) && since >= seconds;
    }

    /// <summary><c>If-Range</c> is absent or holds: the Range header counts.</summary>
    public bool RangeApplies { get; }

    /// <summary>304, not the content.</summary>
    public bool IsNotModified { get; }

    private static string Weak(string tag) => tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;

    private static bool IsDate(string text, out DateTimeOffset date) =>
        DateTimeOffset.TryParseExact(
            text,
            "R",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out date
        );
}

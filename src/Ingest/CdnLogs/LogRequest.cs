using System.Globalization;
using System.Net;

namespace Distribution.Ingest.CdnLogs;

/// <summary>A request as a format's reader found it, not judged yet. Texts are as the log has them; null: it has none.</summary>
internal readonly record struct LogRequest
{
    public required DateTimeOffset Time { get; init; }

    public required string? Address { get; init; }

    /// <summary>GET, or the format's own word for it.</summary>
    public required bool IsRead { get; init; }

    /// <summary>Path and query, perhaps with scheme and host before them.</summary>
    public required string Url { get; init; }

    public required int Status { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Which line of the books it is.</summary>
    public LineVerdict Judge(out AccessLogLine line)
    {
        line = default;
        if (!IsRead || Status is not (200 or 206) || Bytes <= 0 || BlobUrl.FileIdOf(Url) is not { } fileId)
            return LineVerdict.Unknown;
        line = new AccessLogLine(Time.ToUnixTimeSeconds(), ParseAddress(Address), fileId, Bytes);
        return LineVerdict.Counted;
    }

    /// <summary>Bytes and other counts: whole, not negative, below an exabyte.</summary>
    public static bool TryParseCount(ReadOnlySpan<char> text, out long count) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count < 1L << 60;

    /// <summary>A time that an access log can have; others are damage.</summary>
    public static bool IsPlausible(DateTimeOffset time) => time.Year is >= 2000 and < 9000;

    /// <summary>With or without port; null: it is no address.</summary>
    private static IPAddress? ParseAddress(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        if (!IPAddress.TryParse(text, out IPAddress? address))
            address = IPEndPoint.TryParse(text, out IPEndPoint? endpoint) ? endpoint.Address : null;
        return address?.IsIPv4MappedToIPv6 == true ? address.MapToIPv4() : address;
    }
}

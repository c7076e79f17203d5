using System.Diagnostics.CodeAnalysis;
using Distribution.Contracts.Files;

namespace Distribution.Ingest.Uploads;

/// <summary>The words for <see cref="TorrentFormat"/> in requests: "v1" and "hybrid".</summary>
public static class TorrentFormats
{
    public const string Known = "\"v1\" or \"hybrid\"";

    public static bool TryParse(string? text, [NotNullWhen(true)] out TorrentFormat? format)
    {
        format = text switch
        {
            "v1" => TorrentFormat.V1,
            "hybrid" => TorrentFormat.Hybrid,
            _ => null,
        };
        return format is not null;
    }
}

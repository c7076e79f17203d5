using Distribution.BitTorrent.Magnets;
using Distribution.Contracts.Files;

namespace Distribution.Contracts.Links;

/// <summary>Every public link, made from one base address, so that all parts of the system name the same ones.</summary>
/// <param name="baseUrl">Scheme, host and port as viewers reach them, "http://127.0.0.1:8080"; a path is kept.</param>
public sealed class PublicUrls(Uri baseUrl)
{
    // Scheme, host, port and path alone: a user name or a query has no place in a public link.
    private readonly string _base = baseUrl
        .GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
        .TrimEnd('/');

    public string Base => _base;

    public string Announce => $"{_base}/announce";

    public string Torrent(string fileId) => $"{_base}/torrents/{fileId}.torrent";

    public string WebSeed(string fileId, string name) => $"{_base}/webseed/{fileId}/{Uri.EscapeDataString(name)}";

    public string Download(string fileId, string name) => $"{_base}/download/{fileId}/{Uri.EscapeDataString(name)}";

    public string Watch(string fileId) => $"{_base}/watch/{fileId}";

    /// <summary>Null until the file is published.</summary>
    public string? Magnet(PublishedFile file) =>
        file.Content is not { } content
            ? null
            : new MagnetLink
            {
                InfoHash = content.InfoHash,
                DisplayName = file.Name,
                LengthBytes = file.SizeBytes,
                Trackers = [Announce],
                WebSeeds = [WebSeed(file.Id, file.Name)],
                ExactSource = Torrent(file.Id),
            }.ToString();
}

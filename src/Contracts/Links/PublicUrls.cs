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

    /// <summary>For edge nodes.</summary>
    public string BlockStates(string fileId) => $"{_base}/torrents/{fileId}.states";

    public string WebSeed(string fileId, string name) => $"{_base}/webseed/{fileId}/{Uri.EscapeDataString(name)}";

    /// <summary>A folder's web seed (BEP 19): clients add the torrent's name and the file's path to it, because it ends in a slash.</summary>
    public string WebSeedOfFolder(string fileId) => $"{_base}/webseed/{fileId}/";

    /// <summary>As <c>url-list</c> and <c>ws</c> name it.</summary>
    public string WebSeed(PublishedFile file) =>
        file.FolderFileCount > 0 ? WebSeedOfFolder(file.Id) : WebSeed(file.Id, file.Name);

    public string Download(string fileId, string name) => $"{_base}/download/{fileId}/{Uri.EscapeDataString(name)}";

    /// <summary>Of a folder: what its files' paths are added to.</summary>
    public string Download(PublishedFile file) =>
        file.FolderFileCount > 0 ? $"{Download(file.Id, file.Name)}/" : Download(file.Id, file.Name);

    public string Watch(string fileId) => $"{_base}/watch/{fileId}";

    /// <summary>Names both info-hashes of a hybrid. Null until the file is published.</summary>
    public string? Magnet(PublishedFile file) =>
        file.Content is not { } content
            ? null
            : new MagnetLink
            {
                InfoHash = content.InfoHash,
                InfoHashV2 = content.InfoHashV2,
                DisplayName = file.Name,
                LengthBytes = file.SizeBytes,
                Trackers = [Announce],
                WebSeeds = [WebSeed(file)],
                ExactSource = Torrent(file.Id),
            }.ToString();
}

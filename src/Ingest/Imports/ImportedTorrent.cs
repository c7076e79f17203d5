using System.Diagnostics.CodeAnalysis;
using Distribution.BitTorrent.Bencode;
using Distribution.BitTorrent.Metainfo;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Uploads;

namespace Distribution.Ingest.Imports;

/// <summary>A .torrent file of a publisher's own, whose info-hash is to be kept.</summary>
/// <param name="Files">The files in the torrent's order without padding; null for a torrent of a single file.</param>
/// <param name="PieceLengthBytes">That the content must be hashed with: the torrent's for a hybrid, null for v1, which is checked apart.</param>
internal sealed record ImportedTorrent(
    string Name,
    long SizeBytes,
    IReadOnlyList<ContentFile>? Files,
    TorrentFormat Format,
    long? PieceLengthBytes,
    StoredTorrent Stored
)
{
    /// <summary>False: <paramref name="error"/> says why it cannot be imported, for people.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> file,
        [NotNullWhen(true)] out ImportedTorrent? torrent,
        [NotNullWhen(false)] out string? error
    )
    {
        torrent = null;
        if (!TorrentMetainfo.TryParse(file, out TorrentMetainfo? metainfo, out error))
            return false;
        if (metainfo.V1 is not { } v1)
        {
            error = "It is a torrent of v2 alone; only v1 and hybrid ones can be imported.";
            return false;
        }
        ContentFile[] files =
        [
            .. v1
                .Files.Where(entry => !entry.IsPadding)
                .Select(entry => new ContentFile(string.Join('/', entry.Path), entry.LengthBytes)),
        ];
        // Web seeds are asked by these names, and others would be another torrent.
        error = FileNames.Check(v1.Name) ?? (v1.IsSingleFile ? null : FolderFiles.Check(files));
        if (error is null && files.Sum(entry => entry.SizeBytes) == 0)
            error = "It has not a single byte.";
        if (error is not null)
            return false;
        torrent = new ImportedTorrent(
            v1.Name,
            files.Sum(entry => entry.SizeBytes),
            v1.IsSingleFile ? null : files,
            metainfo.V2 is null ? TorrentFormat.V1 : TorrentFormat.Hybrid,
            metainfo.V2?.PieceLengthBytes,
            new StoredTorrent(v1.Raw, metainfo.V2 is null ? default : PieceLayers(file))
        );
        return true;
    }

    private static ReadOnlyMemory<byte> PieceLayers(ReadOnlyMemory<byte> file) =>
        BencodeValue.TryParse(file, BencodeLimits.Metainfo, out BencodeValue? root, out _)
            ? root["piece layers"u8]?.Raw ?? default
            : default;
}

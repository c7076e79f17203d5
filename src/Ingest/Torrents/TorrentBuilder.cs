using System.Diagnostics.CodeAnalysis;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Metainfo;
using Distribution.BitTorrent.Pieces;
using Distribution.Contracts.Files;
using Distribution.Ingest.Contents;
using Distribution.Ingest.Pieces;

namespace Distribution.Ingest.Torrents;

/// <summary>Makes the torrent of a content from its manifest and what the hashers left. Costs by the number of pieces, not of bytes.</summary>
internal static class TorrentBuilder
{
    /// <param name="pieceRecords">Of all pieces (<see cref="PieceMap.RecordBytes"/> each).</param>
    /// <param name="hashState">At the content's end.</param>
    /// <param name="flaw">Why there can be no torrent of it, for people.</param>
    /// <exception cref="InvalidDataException">Records or state are not those of the whole content.</exception>
    public static bool TryBuild(
        ContentManifest manifest,
        ReadOnlySpan<byte> pieceRecords,
        ReadOnlyMemory<byte> hashState,
        [NotNullWhen(true)] out FinishedTorrent? torrent,
        [NotNullWhen(false)] out string? flaw
    )
    {
        torrent = null;
        PieceMap map = PieceMap.Of(manifest);
        string sha256 = HashState.Decode(hashState, map, map.LengthBytes).FinishContent();
        IReadOnlyList<ContentHashes> hashes = map.Join(pieceRecords);
        if (manifest.Torrent is { } given)
            return TryFit(given, hashes, sha256, out torrent, out flaw);
        // Clients refuse torrents without a single byte, so the library does not make them; an empty file still has a page and a link.
        if (manifest.Files is null && manifest.SizeBytes == 0)
        {
            byte[] empty = MetainfoFile.EncodeSingleFileInfo(
                manifest.Name,
                0,
                manifest.PieceLengthBytes,
                [],
                isPrivate: true
            );
            torrent = new FinishedTorrent(
                new FileContent(InfoHash.OfInfoDictionary(empty), manifest.PieceLengthBytes, 0, sha256),
                new StoredTorrent(empty, default)
            );
            flaw = null;
            return true;
        }
        if (!TryEncode(manifest, map.Versions, hashes, out EncodedInfo? info, out flaw))
            return false;
        torrent = new FinishedTorrent(
            new FileContent(
                info.InfoHash!.Value,
                manifest.PieceLengthBytes,
                pieceRecords.Length / map.RecordBytes,
                sha256,
                info.InfoHashV2
            ),
            new StoredTorrent(info.Raw, info.EncodePieceLayers())
        );
        return true;
    }

    // Whether the bytes fit its v1 half was seen while they came in (Imports/TorrentPieces).
    private static bool TryFit(
        StoredTorrent given,
        IReadOnlyList<ContentHashes> hashes,
        string sha256,
        [NotNullWhen(true)] out FinishedTorrent? torrent,
        [NotNullWhen(false)] out string? flaw
    )
    {
        torrent = null;
        if (!TorrentInfo.TryParse(given.InfoDictionary, out TorrentInfo? v1, out flaw))
            return false;
        TorrentInfoV2? v2 = null;
        if (!given.PieceLayers.IsEmpty)
        {
            if (!TorrentInfoV2.TryParse(given.InfoDictionary, out v2, out flaw))
                return false;
            for (int file = 0; file < v2.Files.Count; file++)
            {
                if (hashes[file].Layer?.Root == v2.Files[file].PiecesRoot)
                    continue;
                flaw = $"File {file} does not fit the torrent's v2 half.";
                return false;
            }
        }
        torrent = new FinishedTorrent(
            new FileContent(v1.InfoHash, v1.PieceLengthBytes, v1.PieceCount, sha256, v2?.InfoHash),
            given
        );
        return true;
    }

    private static bool TryEncode(
        ContentManifest manifest,
        TorrentVersions versions,
        IReadOnlyList<ContentHashes> hashes,
        [NotNullWhen(true)] out EncodedInfo? info,
        [NotNullWhen(false)] out string? flaw
    ) =>
        manifest.Files is { } files
            ? InfoEncoder.TryEncodeFolder(
                manifest.Name,
                [.. files.Zip(hashes, (file, fileHashes) => new HashedFile(file.Path.Split('/'), fileHashes))],
                versions,
                isPrivate: true,
                out info,
                out flaw,
                SourceOf(manifest)
            )
            : InfoEncoder.TryEncodeFile(
                manifest.Name,
                hashes[0],
                versions,
                isPrivate: true,
                out info,
                out flaw,
                SourceOf(manifest)
            );

    // The same content of two publishers is two swarms: neither sees the other's viewers, nor gets the other's bytes booked. The first publisher's
    // torrents are those that other programs make of the same bytes.
    private static string? SourceOf(ContentManifest manifest) =>
        manifest.PublisherId == Publishers.Default ? null : manifest.PublisherId;
}

using System.Diagnostics.CodeAnalysis;
using Distribution.BitTorrent.Bencode;
using Distribution.BitTorrent.Merkle;

namespace Distribution.BitTorrent.Metainfo;

/// <summary>
/// A checked .torrent file of any version: v1 (BEP 3), v2 or hybrid (BEP 52), with trackers (BEP 12) and web seeds (BEP 19). Where only
/// the v1 half matters, <see cref="MetainfoFile"/> reads that of hybrids too.
/// </summary>
public sealed class TorrentMetainfo
{
    private TorrentMetainfo(
        TorrentInfo? v1,
        TorrentInfoV2? v2,
        IReadOnlyList<PieceLayer?> layers,
        IReadOnlyList<string> trackers,
        IReadOnlyList<string> webSeeds
    )
    {
        V1 = v1;
        V2 = v2;
        Layers = layers;
        Trackers = trackers;
        WebSeeds = webSeeds;
    }

    public TorrentVersions Versions =>
        (V1 is null ? TorrentVersions.None : TorrentVersions.V1)
        | (V2 is null ? TorrentVersions.None : TorrentVersions.V2);

    /// <summary>The v1 info dictionary, or a hybrid's v1 half; null for v2 alone.</summary>
    public TorrentInfo? V1 { get; }

    /// <summary>The v2 info dictionary, or a hybrid's v2 half; null for v1 alone.</summary>
    public TorrentInfoV2? V2 { get; }

    /// <summary>One for each of <see cref="V2"/>'s files, null for an empty file; no items for v1 alone.</summary>
    public IReadOnlyList<PieceLayer?> Layers { get; }

    /// <summary>Announce URLs in order, tiers flattened.</summary>
    public IReadOnlyList<string> Trackers { get; }

    /// <summary>The <c>url-list</c>.</summary>
    public IReadOnlyList<string> WebSeeds { get; }

    /// <summary>
    /// Parses a .torrent file. False: <paramref name="error"/> says what is wrong, for people; also where a piece layer is missing, of
    /// no file, of the wrong length or does not lead to its file's root.
    /// </summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> data,
        [NotNullWhen(true)] out TorrentMetainfo? metainfo,
        [NotNullWhen(false)] out string? error
    )
    {
        metainfo = null;
        if (!BencodeValue.TryParse(data, BencodeLimits.Metainfo, out BencodeValue? root, out BencodeError bencodeError))
        {
            error = $"The file is not valid bencode: {bencodeError}.";
            return false;
        }
        if (root["info"u8] is not { } infoValue)
        {
            error = "The file has no info dictionary.";
            return false;
        }

        TorrentInfo? v1;
        TorrentInfoV2? v2 = null;
        PieceLayer?[]? layers = [];
        if (infoValue["meta version"u8] is null && infoValue["file tree"u8] is null)
        {
            if (!TorrentInfo.TryRead(infoValue, out v1, out error))
                return false;
        }
        else
        {
            if (!TorrentInfoV2.TryRead(infoValue, out v2, out error))
                return false;
            if (!TryReadLayers(root["piece layers"u8], v2, out layers, out error))
                return false;
            v1 = v2.V1Half;
        }
        metainfo = new TorrentMetainfo(
            v1,
            v2,
            layers,
            MetainfoFile.ReadTrackers(root),
            MetainfoFile.ReadWebSeeds(root)
        );
        return true;
    }

    private static bool TryReadLayers(
        BencodeValue? value,
        TorrentInfoV2 info,
        [NotNullWhen(true)] out PieceLayer?[]? layers,
        [NotNullWhen(false)] out string? error
    )
    {
        layers = null;
        if (value?.AsDictionary is not { } entries)
        {
            error = "The file has no piece layers.";
            return false;
        }
        var hashesOf = new Dictionary<MerkleHash, ReadOnlyMemory<byte>>(entries.Count);
        foreach ((ReadOnlyMemory<byte> key, BencodeValue layer) in entries)
        {
            if (key.Length != MerkleHash.LengthBytes || layer.AsBytes is not { } hashes)
            {
                error = "The piece layers have a key that is no root, or a value that is no string.";
                return false;
            }
            hashesOf.Add(new MerkleHash(key.Span), hashes);
        }

        // Files with the same content share a layer: check it once.
        var read = new Dictionary<MerkleHash, PieceLayer>();
        var result = new PieceLayer?[info.Files.Count];
        for (int i = 0; i < result.Length; i++)
        {
            TorrentFileV2 file = info.Files[i];
            if (file.PiecesRoot is not { } root)
                continue;
            if (!read.TryGetValue(root, out PieceLayer? layer))
            {
                hashesOf.Remove(root, out ReadOnlyMemory<byte> hashes);
                if (
                    !PieceLayer.TryRead(
                        root,
                        file.LengthBytes,
                        info.PieceLengthBytes,
                        hashes,
                        out layer,
                        out string? fault
                    )
                )
                {
                    error = $"File {i}: {fault}";
                    return false;
                }
                read.Add(root, layer);
            }
            if (layer.LengthBytes != file.LengthBytes)
            {
                error = $"File {i} has the root of another file but not its size.";
                return false;
            }
            result[i] = layer;
        }
        error = hashesOf.Count == 0 ? null : "The piece layers have one that belongs to no file.";
        layers = error is null ? result : null;
        return error is null;
    }
}

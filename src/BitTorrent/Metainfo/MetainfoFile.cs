using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Distribution.BitTorrent.Bencode;

namespace Distribution.BitTorrent.Metainfo;

/// <summary>
/// A .torrent file's v1 info dictionary, or a hybrid's v1 half, with trackers (BEP 3, BEP 12) and web seeds (BEP 19).
/// <see cref="TorrentMetainfo"/> reads all versions.
/// </summary>
/// <param name="Info">The checked info dictionary.</param>
/// <param name="Trackers">Announce URLs in order, tiers flattened.</param>
/// <param name="WebSeeds">The <c>url-list</c>.</param>
public sealed record MetainfoFile(TorrentInfo Info, IReadOnlyList<string> Trackers, IReadOnlyList<string> WebSeeds)
{
    /// <summary>Parses a .torrent file. False: <paramref name="error"/> says what is wrong, for people.</summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> data,
        [NotNullWhen(true)] out MetainfoFile? metainfo,
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
        if (!TorrentInfo.TryRead(infoValue, out TorrentInfo? info, out error))
            return false;
        metainfo = new MetainfoFile(info, ReadTrackers(root), ReadWebSeeds(root));
        return true;
    }

    /// <summary>
    /// Encodes a .torrent file around an info dictionary, whose bytes are kept as they are. Each tracker gets a tier of its own.
    /// </summary>
    public static byte[] Encode(
        ReadOnlySpan<byte> infoDictionary,
        IReadOnlyList<string> trackers,
        IReadOnlyList<string> webSeeds,
        DateTimeOffset createdAt,
        string createdBy
    ) => Encode(infoDictionary, pieceLayers: default, trackers, webSeeds, createdAt, createdBy);

    /// <summary>
    /// Encodes a .torrent file of any version, with <c>piece layers</c> where it speaks v2 (BEP 52). Each tracker gets a tier of its own.
    /// </summary>
    public static byte[] Encode(
        EncodedInfo info,
        IReadOnlyList<string> trackers,
        IReadOnlyList<string> webSeeds,
        DateTimeOffset createdAt,
        string createdBy
    ) => Encode(info.Raw.Span, info.EncodePieceLayers().Span, trackers, webSeeds, createdAt, createdBy);

    /// <summary>Encodes a .torrent file of any version from parts that were encoded before. Each tracker gets a tier of its own.</summary>
    /// <param name="pieceLayers">What <see cref="EncodedInfo.EncodePieceLayers"/> gave; empty for v1 alone.</param>
    public static byte[] Encode(
        ReadOnlySpan<byte> infoDictionary,
        ReadOnlySpan<byte> pieceLayers,
        IReadOnlyList<string> trackers,
        IReadOnlyList<string> webSeeds,
        DateTimeOffset createdAt,
        string createdBy
    )
    {
        var buffer = new ArrayBufferWriter<byte>(infoDictionary.Length + pieceLayers.Length + 1024);
        var writer = new BencodeWriter(buffer);
        writer.BeginDictionary();
        if (trackers.Count > 0)
        {
            writer.WriteBytes("announce"u8);
            writer.WriteText(trackers[0]);
            writer.WriteBytes("announce-list"u8);
            writer.BeginList();
            foreach (string tracker in trackers)
            {
                writer.BeginList();
                writer.WriteText(tracker);
                writer.End();
            }
            writer.End();
        }
        writer.WriteBytes("created by"u8);
        writer.WriteText(createdBy);
        writer.WriteBytes("creation date"u8);
        writer.WriteInteger(createdAt.ToUnixTimeSeconds());
        writer.WriteBytes("info"u8);
        writer.WriteRaw(infoDictionary);
        if (!pieceLayers.IsEmpty)
        {
            writer.WriteBytes("piece layers"u8);
            writer.WriteRaw(pieceLayers);
        }
        if (webSeeds.Count > 0)
        {
            writer.WriteBytes("url-list"u8);
            writer.BeginList();
            foreach (string webSeed in webSeeds)
                writer.WriteText(webSeed);
            writer.End();
        }
        writer.End();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Encodes the info dictionary of one file (BEP 3; BEP 27 for <paramref name="isPrivate"/>).</summary>
    /// <param name="pieces">The pieces' SHA-1s, 20 bytes each, in order.</param>
    public static byte[] EncodeSingleFileInfo(
        string name,
        long lengthBytes,
        int pieceLengthBytes,
        ReadOnlySpan<byte> pieces,
        bool isPrivate
    )
    {
        var buffer = new ArrayBufferWriter<byte>(pieces.Length + 256);
        var writer = new BencodeWriter(buffer);
        writer.BeginDictionary();
        writer.WriteBytes("length"u8);
        writer.WriteInteger(lengthBytes);
        writer.WriteBytes("name"u8);
        writer.WriteText(name);
        writer.WriteBytes("piece length"u8);
        writer.WriteInteger(pieceLengthBytes);
        writer.WriteBytes("pieces"u8);
        writer.WriteBytes(pieces);
        if (isPrivate)
        {
            writer.WriteBytes("private"u8);
            writer.WriteInteger(1);
        }
        writer.End();
        return buffer.WrittenSpan.ToArray();
    }

    internal static List<string> ReadTrackers(BencodeValue root)
    {
        var trackers = new List<string>();
        foreach (BencodeValue tier in root["announce-list"u8]?.AsList ?? [])
        {
            foreach (BencodeValue tracker in tier.AsList ?? [])
            {
                if (tracker.AsText is { Length: > 0 } url)
                    trackers.Add(url);
            }
        }
        if (trackers.Count == 0 && root["announce"u8]?.AsText is { Length: > 0 } only)
            trackers.Add(only);
        return trackers;
    }

    internal static List<string> ReadWebSeeds(BencodeValue root)
    {
        BencodeValue? value = root["url-list"u8];
        if (value?.AsText is { Length: > 0 } single)
            return [single];
        var webSeeds = new List<string>();
        foreach (BencodeValue item in value?.AsList ?? [])
        {
            if (item.AsText is { Length: > 0 } url)
                webSeeds.Add(url);
        }
        return webSeeds;
    }
}

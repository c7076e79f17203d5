using System.Buffers;
using Distribution.BitTorrent.Bencode;
using Distribution.BitTorrent.Merkle;

namespace Distribution.BitTorrent.Metainfo;

/// <summary>An info dictionary made by <see cref="InfoEncoder"/>, and what goes beside it into the .torrent file.</summary>
public sealed class EncodedInfo
{
    internal EncodedInfo(TorrentVersions versions, ReadOnlyMemory<byte> raw, IReadOnlyList<PieceLayer> layers)
    {
        Versions = versions;
        Raw = raw;
        Layers = layers;
        if (versions.HasFlag(TorrentVersions.V1))
            InfoHash = BitTorrent.InfoHash.OfInfoDictionary(raw.Span);
        if (versions.HasFlag(TorrentVersions.V2))
            InfoHashV2 = BitTorrent.InfoHashV2.OfInfoDictionary(raw.Span);
    }

    public TorrentVersions Versions { get; }

    /// <summary>The bencoded dictionary.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>The v1 info-hash; null for v2 alone.</summary>
    public InfoHash? InfoHash { get; }

    /// <summary>The v2 info-hash; null for v1 alone.</summary>
    public InfoHashV2? InfoHashV2 { get; }

    /// <summary>
    /// The bencoded dictionary "piece layers" that stands beside the info dictionary (BEP 52): root to hashes. Empty memory for v1
    /// alone, which has none; a v2 torrent has one in any case, be it without entries.
    /// </summary>
    public ReadOnlyMemory<byte> EncodePieceLayers()
    {
        if (!Versions.HasFlag(TorrentVersions.V2))
            return default;
        var buffer = new ArrayBufferWriter<byte>(1024);
        var writer = new BencodeWriter(buffer);
        writer.BeginDictionary();
        foreach (PieceLayer layer in Layers)
        {
            writer.WriteBytes(layer.Root.AsSpan());
            writer.WriteBytes(layer.Hashes.Span);
        }
        writer.End();
        return buffer.WrittenMemory;
    }

    /// <summary>The layers of the files larger than a piece, one for each root, in the order of the roots' bytes.</summary>
    public IReadOnlyList<PieceLayer> Layers { get; }
}

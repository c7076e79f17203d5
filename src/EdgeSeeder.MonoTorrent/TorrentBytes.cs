using System.Buffers;
using System.Text;
using Distribution.BitTorrent.Merkle;
using Distribution.BitTorrent.Metainfo;

namespace Distribution.EdgeSeeder.MonoTorrent;

/// <summary>Torrents as MonoTorrent takes them.</summary>
internal static class TorrentBytes
{
    /// <summary>A .torrent file without trackers and web seeds: who announces and fetches is the edge.</summary>
    public static byte[] Encode(TorrentMetainfo metainfo, TorrentInfo info)
    {
        var file = new ArrayBufferWriter<byte>(info.Raw.Length + 64);
        file.Write("d4:info"u8);
        file.Write(info.Raw.Span);
        List<PieceLayer> layers =
        [
            .. metainfo
                .Layers.OfType<PieceLayer>()
                .Where(layer => layer.IsListed)
                .DistinctBy(layer => layer.Root)
                .OrderBy(layer => Convert.ToHexString(layer.Root.AsSpan()), StringComparer.Ordinal),
        ];
        if (metainfo.V2 is not null)
        {
            file.Write("12:piece layersd"u8);
            foreach (PieceLayer layer in layers)
            {
                file.Write("32:"u8);
                file.Write(layer.Root.AsSpan());
                file.Write(Encoding.ASCII.GetBytes($"{layer.Hashes.Length}:"));
                file.Write(layer.Hashes.Span);
            }
            file.Write("e"u8);
        }
        file.Write("e"u8);
        return file.WrittenSpan.ToArray();
    }
}

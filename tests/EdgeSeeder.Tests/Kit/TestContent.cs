using System.Security.Cryptography;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Metainfo;

namespace Distribution.EdgeSeeder.Tests.Kit;

/// <summary>A file of reproducible bytes and its torrent.</summary>
public sealed class TestContent
{
    public TestContent(int lengthBytes, int pieceLengthBytes, int seed = 1)
    {
        Bytes = new byte[lengthBytes];
        new Random(seed).NextBytes(Bytes);
        var hashes = new List<byte>();
        for (int at = 0; at < lengthBytes; at += pieceLengthBytes)
            hashes.AddRange(SHA1.HashData(Bytes.AsSpan(at, Math.Min(pieceLengthBytes, lengthBytes - at))));
        byte[] info = MetainfoFile.EncodeSingleFileInfo(
            Name,
            lengthBytes,
            pieceLengthBytes,
            hashes.ToArray(),
            isPrivate: true
        );
        Assert.True(TorrentInfo.TryParse(info, out TorrentInfo? torrent, out _));
        Torrent = torrent!;
        Id = $"file{seed}";
    }

    public static string Name => "film.mp4";

    public string Id { get; }

    public byte[] Bytes { get; }

    public TorrentInfo Torrent { get; }

    public InfoHash InfoHash => Torrent.InfoHash;

    public ReadOnlySpan<byte> Piece(int index) =>
        Bytes.AsSpan((int)((long)index * Torrent.PieceLengthBytes), Torrent.PieceSizeBytes(index));

    public byte[] TorrentFile(params string[] trackers) =>
        MetainfoFile.Encode(Torrent.Raw.Span, trackers, [], DateTimeOffset.UnixEpoch, "test");
}

using System.Security.Cryptography;
using Distribution.BitTorrent;
using Distribution.BitTorrent.Hashing;
using Distribution.BitTorrent.Metainfo;
using Distribution.BitTorrent.Pieces;

namespace Distribution.EdgeSeeder.Tests.Kit;

/// <summary>A file or folder of reproducible bytes and its torrent.</summary>
public sealed class TestContent
{
    private readonly EncodedInfo? _encoded;

    public TestContent(int lengthBytes, int pieceLengthBytes, int seed = 1)
    {
        Bytes = RandomBytes(lengthBytes, seed);
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
        Files = new Dictionary<string, byte[]> { [Name] = Bytes };
        Id = $"file{seed}";
    }

    private TestContent(string id, EncodedInfo encoded, Dictionary<string, byte[]> files)
    {
        Id = id;
        _encoded = encoded;
        Files = files;
        Assert.True(TorrentInfo.TryParse(encoded.Raw, out TorrentInfo? torrent, out string? error), error);
        Torrent = torrent;
        Bytes = new byte[torrent.LengthBytes];
        int at = 0;
        foreach (TorrentFileEntry file in torrent.Files)
        {
            if (!file.IsPadding)
                files[file.Path.Count == 0 ? Name : string.Join('/', file.Path.Prepend(torrent.Name))]
                    .CopyTo(Bytes, at);
            at += (int)file.LengthBytes;
        }
    }

    public static string Name => "film.mp4";

    public string Id { get; }

    /// <summary>All that the pieces cover, padding included.</summary>
    public byte[] Bytes { get; }

    /// <summary>By path at the web seed, below the content's id.</summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; }

    public TorrentInfo Torrent { get; }

    public InfoHash InfoHash => Torrent.InfoHash;

    /// <summary>A hybrid's v2 info-hash.</summary>
    public InfoHashV2? InfoHashV2 => _encoded?.InfoHashV2;

    public TorrentMetainfo Metainfo
    {
        get
        {
            Assert.True(
                TorrentMetainfo.TryParse(TorrentFile(), out TorrentMetainfo? metainfo, out string? error),
                error
            );
            return metainfo;
        }
    }

    public static TestContent HybridFile(int lengthBytes, int pieceLengthBytes, int seed)
    {
        byte[] bytes = RandomBytes(lengthBytes, seed);
        Assert.True(
            InfoEncoder.TryEncodeFile(
                Name,
                Hash(bytes, pieceLengthBytes, TorrentVersions.Hybrid, inFolder: false),
                TorrentVersions.Hybrid,
                isPrivate: true,
                out EncodedInfo? info,
                out string? error
            ),
            error
        );
        return new TestContent($"hybrid{seed}", info, new Dictionary<string, byte[]> { [Name] = bytes });
    }

    /// <summary>A folder "show"; as v1 without padding, in the order given.</summary>
    /// <param name="files">Paths below it with their sizes.</param>
    public static TestContent Folder(
        TorrentVersions versions,
        int pieceLengthBytes,
        int seed,
        params (string Path, int LengthBytes)[] files
    )
    {
        const string name = "show ü";
        var contents = files
            .Select((file, i) => (file.Path, Bytes: RandomBytes(file.LengthBytes, 1000 * seed + i)))
            .ToList();
        EncodedInfo? info;
        string? error;
        if (versions == TorrentVersions.V1)
            InfoEncoder.TryEncodeUnpaddedFolder(
                name,
                [.. contents.Select(file => new TorrentFileEntry(file.Path.Split('/'), file.Bytes.Length))],
                Hash([.. contents.SelectMany(file => file.Bytes)], pieceLengthBytes, versions, inFolder: false),
                isPrivate: true,
                out info,
                out error
            );
        else
            InfoEncoder.TryEncodeFolder(
                name,
                [
                    .. contents.Select(file => new HashedFile(
                        file.Path.Split('/'),
                        Hash(file.Bytes, pieceLengthBytes, versions, inFolder: true)
                    )),
                ],
                versions,
                isPrivate: true,
                out info,
                out error
            );
        Assert.True(info is not null, error);
        return new TestContent(
            $"folder{seed}",
            info,
            contents.ToDictionary(file => $"{name}/{file.Path}", file => file.Bytes)
        );
    }

    public ReadOnlySpan<byte> Piece(int index) =>
        Bytes.AsSpan((int)((long)index * Torrent.PieceLengthBytes), Torrent.PieceSizeBytes(index));

    /// <summary>Of a single file: the SHA-1 of each piece where it stands at each 16 KiB but the piece's end.</summary>
    public byte[] BlockStates()
    {
        const int block = 16 * 1024;
        var states = new List<byte>();
        var state = new byte[ResumableHash.StateBytes(ResumableHashKind.Sha1)];
        for (int piece = 0; piece < Torrent.PieceCount; piece++)
        {
            var hash = new ResumableHash(ResumableHashKind.Sha1);
            ReadOnlySpan<byte> bytes = Piece(piece);
            for (; bytes.Length > block; bytes = bytes[block..])
            {
                hash.Append(bytes[..block]);
                hash.Export(state);
                states.AddRange(state.AsSpan(sizeof(long), 20));
            }
        }
        return [.. states];
    }

    public byte[] TorrentFile(params string[] trackers) =>
        _encoded is null
            ? MetainfoFile.Encode(Torrent.Raw.Span, trackers, [], DateTimeOffset.UnixEpoch, "test")
            : MetainfoFile.Encode(_encoded, trackers, [], DateTimeOffset.UnixEpoch, "test");

    private static ContentHashes Hash(byte[] bytes, int pieceLengthBytes, TorrentVersions versions, bool inFolder)
    {
        using var hasher = new ContentHasher(pieceLengthBytes, versions, inFolder);
        hasher.Append(bytes);
        return hasher.Finish();
    }

    private static byte[] RandomBytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}

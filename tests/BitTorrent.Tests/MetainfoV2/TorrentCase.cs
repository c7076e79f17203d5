using Distribution.BitTorrent.Metainfo;
using Distribution.BitTorrent.Pieces;

namespace Distribution.BitTorrent.Tests.MetainfoV2;

/// <summary>A file, or a folder of files, to make torrents of.</summary>
public sealed record TorrentCase(
    string Name,
    IReadOnlyList<(string[] Path, byte[] Content)>? Folder,
    byte[]? SingleFile,
    int PieceLengthBytes,
    bool IsPrivate
)
{
    private static readonly string[] Names =
    [
        "a",
        "a-b",
        "a.b",
        "a b",
        "Q",
        "b",
        "ab",
        "0",
        "10",
        "9",
        "ü.mp4",
        "z",
        "\uFFEE", // after the next in UTF-16, before it in UTF-8
        "😀",
    ];

    /// <summary>Sizes around each boundary of blocks, pieces and powers of two, for single files and folders.</summary>
    public static List<TorrentCase> Generate(int count, int seed)
    {
        var random = new Random(seed);
        var cases = new List<TorrentCase>();
        foreach (int pieceLength in new[] { 16384, 32768, 65536 })
        {
            foreach (int size in BoundarySizes(pieceLength).Where(size => size > 0))
                cases.Add(new TorrentCase("movie ü.mp4", null, Bytes(random, size), pieceLength, cases.Count % 2 == 0));
        }
        while (cases.Count < count)
            cases.Add(GenerateFolder(random, 16384 << random.Next(3)));
        return cases;
    }

    public static int[] BoundarySizes(int pieceLength)
    {
        var sizes = new SortedSet<int> { 0, 1, 2 };
        int[] around =
        [
            16384,
            32768,
            49152,
            65536,
            131072,
            262144,
            .. Enumerable.Range(1, 9).Select(n => n * pieceLength),
        ];
        foreach (int size in around)
            sizes.UnionWith([size - 1, size, size + 1]);
        return [.. sizes];
    }

    /// <summary>The hashes of the single file, or of the folder's file at <paramref name="index"/>.</summary>
    public ContentHashes Hash(TorrentVersions versions, int index = 0)
    {
        byte[] content = Folder is null ? SingleFile! : Folder[index].Content;
        return Hash(versions, inFolder: Folder is not null, content);
    }

    /// <summary>Encodes the case as our users would: v1 without padding where it is alone, unless asked for.</summary>
    public EncodedInfo Encode(TorrentVersions versions, bool isPadded)
    {
        EncodedInfo? info;
        string? error;
        if (Folder is null)
        {
            InfoEncoder.TryEncodeFile(Name, Hash(versions), versions, IsPrivate, out info, out error);
        }
        else if (versions == TorrentVersions.V1 && !isPadded)
        {
            TorrentFileEntry[] files = [.. Folder.Select(file => new TorrentFileEntry(file.Path, file.Content.Length))];
            ContentHashes hashes = Hash(versions, inFolder: false, [.. Folder.Select(file => file.Content)]);
            InfoEncoder.TryEncodeUnpaddedFolder(Name, files, hashes, IsPrivate, out info, out error);
        }
        else
        {
            HashedFile[] files = [.. Folder.Select((file, i) => new HashedFile(file.Path, Hash(versions, i)))];
            InfoEncoder.TryEncodeFolder(Name, files, versions, IsPrivate, out info, out error);
        }
        Assert.True(info is not null, error);
        return info;
    }

    private ContentHashes Hash(TorrentVersions versions, bool inFolder, params byte[][] contents)
    {
        using var hasher = new ContentHasher(PieceLengthBytes, versions, inFolder);
        foreach (byte[] content in contents)
        {
            // Spans that fit no boundary.
            for (int at = 0; at < content.Length; at += 10_007)
                hasher.Append(content.AsSpan(at, Math.Min(10_007, content.Length - at)));
        }
        return hasher.Finish();
    }

    private static TorrentCase GenerateFolder(Random random, int pieceLength)
    {
        int[] sizes = [.. BoundarySizes(pieceLength).Where(size => size <= 140_000)];
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        int count = random.Next(1, 8);
        while (files.Count < count || files.Values.All(content => content.Length == 0))
        {
            string[] path = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Names[random.Next(Names.Length)])];
            string joined = string.Join('/', path);
            bool collides = files.Keys.Any(other =>
                $"{other}/".StartsWith($"{joined}/", StringComparison.Ordinal)
                || $"{joined}/".StartsWith($"{other}/", StringComparison.Ordinal)
            );
            if (collides)
                continue;
            bool isCopy = files.Count > 0 && random.Next(6) == 0;
            int size = random.Next(4) == 0 ? 0 : sizes[random.Next(sizes.Length)];
            files[joined] = isCopy ? files.Values.First() : Bytes(random, size);
        }
        // In the order of chance: sorting is the encoder's.
        return new TorrentCase(
            "show",
            [.. files.OrderBy(_ => random.Next()).Select(file => (file.Key.Split('/'), file.Value))],
            null,
            pieceLength,
            random.Next(2) == 0
        );
    }

    private static byte[] Bytes(Random random, int size)
    {
        var bytes = new byte[size];
        random.NextBytes(bytes);
        return bytes;
    }
}

using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Distribution.BitTorrent.Bencode;
using Distribution.BitTorrent.Merkle;
using Distribution.BitTorrent.Pieces;

namespace Distribution.BitTorrent.Metainfo;

/// <summary>
/// Encodes info dictionaries for v1 (BEP 3), v2 (BEP 52) or both, from hashes made by <see cref="ContentHasher"/>. What a publisher
/// can get wrong (names, nothing to share) is answered as text; hashes that do not fit are the caller's fault and throw.
/// </summary>
public static class InfoEncoder
{
    /// <summary>One file.</summary>
    /// <param name="versions">All or some of what the content was hashed for.</param>
    /// <param name="isPrivate">BEP 27.</param>
    /// <param name="source">Whose torrent it is; null: not said.</param>
    /// <exception cref="ArgumentException">The content was not hashed for these versions.</exception>
    public static bool TryEncodeFile(
        string name,
        ContentHashes hashes,
        TorrentVersions versions,
        bool isPrivate,
        [NotNullWhen(true)] out EncodedInfo? info,
        [NotNullWhen(false)] out string? error,
        string? source = null
    )
    {
        info = null;
        CheckVersions(hashes, versions);
        if (!CheckName(name, out error) || !CheckLength(hashes.LengthBytes, out error))
            return false;
        V2Entry[] tree = [new V2Entry(TorrentPaths.ToUtf8([name])!, hashes.LengthBytes, hashes.Layer)];
        var fields = new InfoFields(name, hashes.PieceLengthBytes, isPrivate)
        {
            Source = source,
            LengthBytes = versions.HasFlag(TorrentVersions.V1) ? hashes.LengthBytes : null,
            V1Pieces = versions.HasFlag(TorrentVersions.V1) ? [hashes.V1Pieces] : null,
            Tree = versions.HasFlag(TorrentVersions.V2) ? tree : null,
        };
        info = Encode(fields, versions);
        return true;
    }

    /// <summary>
    /// A folder, its files in any order. They are listed in the file tree's order and each begins at a piece, with padding files
    /// behind those that do not fill their last piece (BEP 47; the last file too, as BEP 52's reference does), in v1 alone as well.
    /// A v2-only folder with nothing but one file in it means that file alone (BEP 52, "interpreting paths").
    /// </summary>
    /// <param name="versions">All or some of what the files were hashed for.</param>
    /// <param name="isPrivate">BEP 27.</param>
    /// <param name="source">Whose torrent it is; null: not said.</param>
    /// <exception cref="ArgumentException">
    /// A file was not hashed for these versions, in another piece length than others, or without the padding it needs.
    /// </exception>
    public static bool TryEncodeFolder(
        string name,
        IReadOnlyCollection<HashedFile> files,
        TorrentVersions versions,
        bool isPrivate,
        [NotNullWhen(true)] out EncodedInfo? info,
        [NotNullWhen(false)] out string? error,
        string? source = null
    )
    {
        info = null;
        if (!CheckName(name, out error) || !TrySort(files, out List<SortedFile>? sorted, out error))
            return false;
        bool hasV1 = versions.HasFlag(TorrentVersions.V1);
        bool isPadded = hasV1 && sorted.Count > 1;
        int pieceLength = sorted[0].Hashes.PieceLengthBytes;
        long length = 0;
        foreach (SortedFile file in sorted)
        {
            CheckVersions(file.Hashes, versions);
            if (file.Hashes.PieceLengthBytes != pieceLength)
                throw new ArgumentException("The files were not hashed in the same piece length.", nameof(files));
            if (isPadded && !file.Hashes.CanBePadded)
                throw new ArgumentException("A file was hashed without its padding.", nameof(files));
            if (isPadded && file.Path[0].AsSpan().SequenceEqual(".pad"u8))
                error = $"The folder \"{TorrentPaths.PaddingFolder}\" is taken by padding files.";
            length += file.Hashes.LengthBytes;
        }
        if (error is not null || !CheckLength(length, out error))
            return false;

        var fields = new InfoFields(name, pieceLength, isPrivate)
        {
            Source = source,
            Files = hasV1 ? ListFiles(sorted, isPadded) : null,
            V1Pieces = hasV1 ? [.. sorted.SelectMany(file => PiecesOf(file.Hashes, isPadded))] : null,
            Tree = versions.HasFlag(TorrentVersions.V2)
                ? [.. sorted.Select(file => new V2Entry(file.Path, file.Hashes.LengthBytes, file.Hashes.Layer))]
                : null,
        };
        info = Encode(fields, versions);
        return true;
    }

    /// <summary>
    /// A v1-only folder as BEP 3 knows it: the files one after another without padding, hashed as one stream in the order given.
    /// </summary>
    /// <param name="hashes">The v1 hashes of all files' bytes in order.</param>
    /// <param name="isPrivate">BEP 27.</param>
    /// <exception cref="ArgumentException">The hashes have no v1, or are of another length than the files together.</exception>
    public static bool TryEncodeUnpaddedFolder(
        string name,
        IReadOnlyList<TorrentFileEntry> files,
        ContentHashes hashes,
        bool isPrivate,
        [NotNullWhen(true)] out EncodedInfo? info,
        [NotNullWhen(false)] out string? error
    )
    {
        info = null;
        CheckVersions(hashes, TorrentVersions.V1);
        if (files.Sum(file => file.LengthBytes) != hashes.LengthBytes || files.Any(file => file.LengthBytes < 0))
            throw new ArgumentException("The hashes are not those of the files.", nameof(hashes));
        if (!CheckName(name, out error) || !CheckLength(hashes.LengthBytes, out error))
            return false;
        var entries = new List<V1Entry>(files.Count);
        foreach (TorrentFileEntry file in files)
        {
            if (TorrentPaths.ToUtf8(file.Path) is not { } path)
            {
                error = BadPath(file.Path);
                return false;
            }
            entries.Add(new V1Entry(path, file.LengthBytes, IsPadding: false));
        }
        List<byte[][]> paths = [.. entries.Select(entry => entry.Path)];
        paths.Sort(TorrentPaths.Compare);
        for (int i = 1; i < paths.Count; i++)
        {
            if (TorrentPaths.Collide(paths[i - 1], paths[i]))
            {
                error = Collision(paths[i]);
                return false;
            }
        }
        var fields = new InfoFields(name, hashes.PieceLengthBytes, isPrivate)
        {
            Files = entries,
            V1Pieces = [hashes.V1Pieces],
        };
        info = Encode(fields, TorrentVersions.V1);
        return true;
    }

    private static EncodedInfo Encode(InfoFields fields, TorrentVersions versions)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        fields.WriteTo(new BencodeWriter(buffer));
        List<PieceLayer> layers =
        [
            .. (fields.Tree ?? [])
                .Select(entry => entry.Layer)
                .OfType<PieceLayer>()
                .Where(layer => layer.IsListed)
                .DistinctBy(layer => layer.Root),
        ];
        layers.Sort((left, right) => left.Root.AsSpan().SequenceCompareTo(right.Root.AsSpan()));
        return new EncodedInfo(versions, buffer.WrittenMemory, layers);
    }

    private static List<V1Entry> ListFiles(List<SortedFile> files, bool isPadded)
    {
        var entries = new List<V1Entry>(2 * files.Count);
        foreach (SortedFile file in files)
        {
            entries.Add(new V1Entry(file.Path, file.Hashes.LengthBytes, IsPadding: false));
            if (isPadded && file.Hashes.PaddingBytes is > 0 and var paddingBytes)
                entries.Add(V1Entry.Padding(paddingBytes));
        }
        return entries;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> PiecesOf(ContentHashes hashes, bool isPadded)
    {
        if (!isPadded || hashes.PaddingBytes == 0)
            return [hashes.V1Pieces];
        return [hashes.V1Pieces[..^InfoHash.LengthBytes], hashes.PaddedLastV1Piece!.Value];
    }

    private static bool TrySort(
        IReadOnlyCollection<HashedFile> files,
        [NotNullWhen(true)] out List<SortedFile>? sorted,
        [NotNullWhen(false)] out string? error
    )
    {
        sorted = null;
        error = files.Count == 0 ? "The folder has no files." : null;
        var list = new List<SortedFile>(files.Count);
        foreach (HashedFile file in files)
        {
            if (TorrentPaths.ToUtf8(file.Path) is { } path)
                list.Add(new SortedFile(path, file.Hashes));
            else
                error ??= BadPath(file.Path);
        }
        if (error is not null)
            return false;
        list.Sort((left, right) => TorrentPaths.Compare(left.Path, right.Path));
        for (int i = 1; i < list.Count; i++)
        {
            if (TorrentPaths.Collide(list[i - 1].Path, list[i].Path))
            {
                error = Collision(list[i].Path);
                return false;
            }
        }
        sorted = list;
        return true;
    }

    private static bool CheckName(string name, [NotNullWhen(false)] out string? error)
    {
        error = TorrentPaths.IsName(name) ? null : "The name is empty or no plain file name.";
        return error is null;
    }

    private static bool CheckLength(long lengthBytes, [NotNullWhen(false)] out string? error)
    {
        error = lengthBytes > 0 ? null : "There is nothing to share: clients refuse a torrent without a single byte.";
        return error is null;
    }

    private static void CheckVersions(ContentHashes hashes, TorrentVersions versions)
    {
        if (versions == TorrentVersions.None || (hashes.Versions & versions) != versions)
            throw new ArgumentException(
                $"The content was hashed for {hashes.Versions}, not {versions}.",
                nameof(versions)
            );
    }

    private static string BadPath(IReadOnlyList<string> path) =>
        $"The path \"{string.Join('/', path)}\" has no element, more than {TorrentPaths.MaxElements}, or one that is no plain name.";

    private static string Collision(byte[][] path) =>
        $"Two files share the path \"{string.Join('/', path.Select(System.Text.Encoding.UTF8.GetString))}\", or one is the folder of the other.";

    private readonly record struct SortedFile(byte[][] Path, ContentHashes Hashes);
}

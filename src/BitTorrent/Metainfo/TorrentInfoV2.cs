using System.Diagnostics.CodeAnalysis;
using Distribution.BitTorrent.Bencode;
using Distribution.BitTorrent.Merkle;

namespace Distribution.BitTorrent.Metainfo;

/// <summary>
/// A checked v2 info dictionary, or both halves of a hybrid one (BEP 52, "info dictionary", "upgrade path"). It does not hold the
/// piece layers, which stand outside: <see cref="TorrentMetainfo"/> has them.
/// </summary>
public sealed class TorrentInfoV2
{
    /// <summary>The <c>meta version</c> that is read and written.</summary>
    public const int MetaVersion = 2;

    private TorrentInfoV2(
        string name,
        int pieceLengthBytes,
        bool isPrivate,
        IReadOnlyList<TorrentFileV2> files,
        bool isSingleFile,
        TorrentInfo? v1Half,
        ReadOnlyMemory<byte> raw
    )
    {
        Name = name;
        PieceLengthBytes = pieceLengthBytes;
        IsPrivate = isPrivate;
        Files = files;
        IsSingleFile = isSingleFile;
        V1Half = v1Half;
        Raw = raw;
        LengthBytes = files.Sum(file => file.LengthBytes);
        PieceCount = files[^1].FirstPiece + files[^1].PieceCount;
        InfoHash = InfoHashV2.OfInfoDictionary(raw.Span);
    }

    /// <summary>The suggested file name, or the folder's for several files. Never a path.</summary>
    public string Name { get; }

    /// <summary>All files together, without the gaps between them.</summary>
    public long LengthBytes { get; }

    public int PieceLengthBytes { get; }

    /// <summary>All files' pieces; a file begins at a piece, so the last of each may be short.</summary>
    public int PieceCount { get; }

    public bool IsPrivate { get; }

    /// <summary>The files in the tree's order.</summary>
    public IReadOnlyList<TorrentFileV2> Files { get; }

    /// <summary>True where the torrent is one file and no folder.</summary>
    public bool IsSingleFile { get; }

    public InfoHashV2 InfoHash { get; }

    /// <summary>The v1 half of a hybrid, which describes the same files and pieces; null for v2 alone. Its files include padding files.</summary>
    public TorrentInfo? V1Half { get; }

    /// <summary>The bencoded dictionary itself: what BEP 9 hands out.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>The file that piece <paramref name="index"/> belongs to.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such piece.</exception>
    public TorrentFileV2 FileOfPiece(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, PieceCount);
        int low = 0;
        int high = Files.Count - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (index < Files[middle].FirstPiece + Files[middle].PieceCount)
                high = middle;
            else
                low = middle + 1;
        }
        return Files[low];
    }

    /// <summary>The size of piece <paramref name="index"/>: the last of each file may be shorter.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such piece.</exception>
    public int PieceSizeBytes(int index)
    {
        TorrentFileV2 file = FileOfPiece(index);
        return (int)Math.Min(PieceLengthBytes, file.LengthBytes - (long)(index - file.FirstPiece) * PieceLengthBytes);
    }

    /// <summary>
    /// Parses a bencoded v2 or hybrid info dictionary. False: <paramref name="error"/> says what is wrong, for people; also where the
    /// halves of a hybrid disagree on names, order, sizes or places of files.
    /// </summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> raw,
        [NotNullWhen(true)] out TorrentInfoV2? info,
        [NotNullWhen(false)] out string? error
    )
    {
        info = null;
        if (!BencodeValue.TryParse(raw, BencodeLimits.Metainfo, out BencodeValue? value, out BencodeError bencodeError))
        {
            error = $"The info dictionary is not valid bencode: {bencodeError}.";
            return false;
        }
        return TryRead(value, out info, out error);
    }

    internal static bool TryRead(
        BencodeValue value,
        [NotNullWhen(true)] out TorrentInfoV2? info,
        [NotNullWhen(false)] out string? error
    )
    {
        info = null;
        error = null;
        // The version first: a newer one may differ in all the rest (BEP 52, "meta version").
        if (value["meta version"u8]?.AsInteger is not { } version)
            error = "The info dictionary has no meta version.";
        else if (version != MetaVersion)
            error = $"The info dictionary has meta version {version}; only {MetaVersion} is known.";
        else if (value["name"u8]?.AsText is not { } name || !TorrentInfo.IsSafePathElement(name))
            error = "The info dictionary's name is missing, not UTF-8, or not a plain file name.";
        else if (
            value["piece length"u8]?.AsInteger is not (> 0 and <= TorrentInfo.MaxPieceLengthBytes and var pieceLength)
            || !MerkleTree.IsPieceLength(pieceLength)
        )
            error = $"The piece length is no power of two from 16 KiB to {TorrentInfo.MaxPieceLengthBytes} bytes.";
        else if (value["file tree"u8] is not { } tree)
            error = "The info dictionary has no file tree.";
        else if (new FileTreeReader((int)pieceLength).TryRead(tree, out List<TorrentFileV2>? files, out error))
        {
            if (files.TrueForAll(file => file.LengthBytes == 0))
                error = "The files have not a single byte.";
            else if (TryReadV1Half(value, out TorrentInfo? v1Half, out error) && HalvesAgree(files, v1Half, out error))
            {
                bool isSingleFile = v1Half?.IsSingleFile ?? files is [{ Path.Count: 1 }];
                info = new TorrentInfoV2(
                    isSingleFile ? files[0].Path[0] : name,
                    (int)pieceLength,
                    value["private"u8]?.AsInteger == 1,
                    isSingleFile ? [files[0] with { Path = [] }] : files,
                    isSingleFile,
                    v1Half,
                    value.Raw
                );
            }
        }
        return info is not null;
    }

    private static bool TryReadV1Half(BencodeValue value, out TorrentInfo? half, [NotNullWhen(false)] out string? error)
    {
        half = null;
        error = null;
        bool hasV1 = value["pieces"u8] is not null || value["files"u8] is not null || value["length"u8] is not null;
        return !hasV1 || TorrentInfo.TryRead(value, out half, out error);
    }

    // BEP 52, "upgrade path": names, order and piece alignment must be the same before both swarms are joined.
    private static bool HalvesAgree(List<TorrentFileV2> files, TorrentInfo? v1, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (v1 is null)
            return true;
        int at = 0;
        long offset = 0;
        bool isSame = true;
        foreach (TorrentFileEntry entry in v1.Files)
        {
            if (!entry.IsPadding)
            {
                isSame = isSame && at < files.Count && AreSame(entry, files[at], v1, offset);
                at++;
            }
            offset += entry.LengthBytes;
        }
        TorrentFileV2 last = files[^1];
        if (!isSame || at != files.Count || v1.PieceCount != last.FirstPiece + last.PieceCount)
            error = "The v1 and v2 halves disagree on the files: names, order, sizes or places.";
        return error is null;
    }

    private static bool AreSame(TorrentFileEntry v1, TorrentFileV2 v2, TorrentInfo info, long offset)
    {
        IReadOnlyList<string> path = info.IsSingleFile ? [info.Name] : v1.Path;
        bool isInPlace = v2.LengthBytes == 0 || offset == (long)v2.FirstPiece * info.PieceLengthBytes;
        return v1.LengthBytes == v2.LengthBytes && isInPlace && path.SequenceEqual(v2.Path, StringComparer.Ordinal);
    }
}

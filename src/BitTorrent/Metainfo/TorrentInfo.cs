using Distribution.BitTorrent.Bencode;

namespace Distribution.BitTorrent.Metainfo;

/// <summary>A checked v1 info dictionary (BEP 3, "info dictionary"; BEP 27 for <see cref="IsPrivate"/>).</summary>
public sealed class TorrentInfo
{
    /// <summary>Larger pieces than this are refused: a peer must hold a whole one to check it.</summary>
    public const int MaxPieceLengthBytes = 64 << 20;

    private const int PieceHashBytes = 20;

    private readonly ReadOnlyMemory<byte> _pieces;

    private TorrentInfo(
        string name,
        long lengthBytes,
        int pieceLengthBytes,
        ReadOnlyMemory<byte> pieces,
        bool isPrivate,
        IReadOnlyList<TorrentFileEntry> files,
        bool isSingleFile,
        ReadOnlyMemory<byte> raw
    )
    {
        Name = name;
        LengthBytes = lengthBytes;
        PieceLengthBytes = pieceLengthBytes;
        _pieces = pieces;
        IsPrivate = isPrivate;
        Files = files;
        IsSingleFile = isSingleFile;
        Raw = raw;
        InfoHash = InfoHash.OfInfoDictionary(raw.Span);
    }

    /// <summary>The suggested file name, or the folder's for several files. Never a path.</summary>
    public string Name { get; }

    /// <summary>All files together.</summary>
    public long LengthBytes { get; }

    public int PieceLengthBytes { get; }

    public int PieceCount => _pieces.Length / PieceHashBytes;

    public bool IsPrivate { get; }

    public IReadOnlyList<TorrentFileEntry> Files { get; }

    public bool IsSingleFile { get; }

    public InfoHash InfoHash { get; }

    /// <summary>The bencoded dictionary itself: what BEP 9 hands out.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>The SHA-1 of piece <paramref name="index"/>, 20 bytes.</summary>
    public ReadOnlySpan<byte> PieceHash(int index) => _pieces.Span.Slice(index * PieceHashBytes, PieceHashBytes);

    /// <summary>The size of piece <paramref name="index"/>: the last may be shorter.</summary>
    public int PieceSizeBytes(int index) =>
        (int)Math.Min(PieceLengthBytes, LengthBytes - (long)index * PieceLengthBytes);

    /// <summary>Parses a bencoded info dictionary. False: <paramref name="error"/> says what is wrong, for people.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> raw, out TorrentInfo? info, out string? error)
    {
        info = null;
        if (!BencodeValue.TryParse(raw, BencodeLimits.Metainfo, out BencodeValue? value, out BencodeError bencodeError))
        {
            error = $"The info dictionary is not valid bencode: {bencodeError}.";
            return false;
        }
        return TryRead(value!, out info, out error);
    }

    internal static bool TryRead(BencodeValue value, out TorrentInfo? info, out string? error)
    {
        info = null;
        error = null;
        if (value.AsDictionary is null)
            error = "The info is no dictionary.";
        else if (value["name"u8]?.AsText is not { } name || !IsSafePathElement(name))
            error = "The info dictionary's name is missing, not UTF-8, or not a plain file name.";
        else if (value["piece length"u8]?.AsInteger is not (> 0 and <= MaxPieceLengthBytes and var pieceLength))
            error = $"The piece length is missing or not between 1 and {MaxPieceLengthBytes} bytes.";
        else if (value["pieces"u8]?.AsBytes is not { } pieces || pieces.Length % PieceHashBytes != 0)
            error = "The piece hashes are missing or not a multiple of 20 bytes.";
        else if (ReadFiles(value, out error) is { } files)
        {
            // Each length is below 2^62 / files and their sum is checked, so that the sum cannot overflow.
            long length = 0;
            foreach (TorrentFileEntry file in files)
            {
                if (file.LengthBytes > (1L << 62) - length)
                {
                    error = "The files' sizes add up to more than 2^62 bytes.";
                    return false;
                }
                length += file.LengthBytes;
            }
            long expected = (length + pieceLength - 1) / pieceLength;
            if (pieces.Length / PieceHashBytes != expected)
                error =
                    $"{length} bytes in pieces of {pieceLength} need {expected} piece hashes, not {pieces.Length / PieceHashBytes}.";
            else
                info = new TorrentInfo(
                    name,
                    length,
                    (int)pieceLength,
                    pieces,
                    value["private"u8]?.AsInteger == 1,
                    files,
                    value["files"u8] is null,
                    value.Raw
                );
        }
        return info is not null;
    }

    /// <summary>True for a name that stays in its folder on every system: not empty, no separator, no NUL, not "." or "..".</summary>
    public static bool IsSafePathElement(string name) =>
        name.Length > 0 && name is not ("." or "..") && name.AsSpan().IndexOfAny('/', '\\', '\0') < 0;

    private static List<TorrentFileEntry>? ReadFiles(BencodeValue value, out string? error)
    {
        error = null;
        BencodeValue? files = value["files"u8];
        if (files is null)
        {
            if (value["length"u8]?.AsInteger is >= 0 and var length)
                return [new TorrentFileEntry([], length)];
            error = "The length is missing or negative.";
            return null;
        }
        if (files.AsList is not { Count: > 0 } list || value["length"u8] is not null)
        {
            error = "The files are no list, an empty one, or stand beside a length.";
            return null;
        }
        var entries = new List<TorrentFileEntry>(list.Count);
        foreach (BencodeValue file in list)
        {
            if (
                file["length"u8]?.AsInteger is not (>= 0 and var length)
                || file["path"u8]?.AsList is not { Count: > 0 } elements
            )
            {
                error = $"File {entries.Count} has no valid length or path.";
                return null;
            }
            var path = new string[elements.Count];
            for (int i = 0; i < path.Length; i++)
            {
                if (elements[i].AsText is not { } element || !IsSafePathElement(element))
                {
                    error = $"File {entries.Count} has a path that is not UTF-8 or could leave its folder.";
                    return null;
                }
                path[i] = element;
            }
            entries.Add(new TorrentFileEntry(path, length));
        }
        return entries;
    }
}

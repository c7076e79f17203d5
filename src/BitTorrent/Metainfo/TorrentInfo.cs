using System.Diagnostics.CodeAnalysis;
using Distribution.BitTorrent.Bencode;

namespace Distribution.BitTorrent.Metainfo;

/// <summary>A checked v1 info dictionary, or the v1 half of a hybrid one (BEP 3, "info dictionary"; BEP 27 for <see cref="IsPrivate"/>).</summary>
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

    /// <summary>All files together, with padding files.</summary>
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
    /// <exception cref="ArgumentOutOfRangeException">No such piece.</exception>
    public ReadOnlySpan<byte> PieceHash(int index)
    {
        CheckIndex(index);
        return _pieces.Span.Slice(index * PieceHashBytes, PieceHashBytes);
    }

    /// <summary>The size of piece <paramref name="index"/>: the last may be shorter.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such piece.</exception>
    public int PieceSizeBytes(int index)
    {
        CheckIndex(index);
        return (int)Math.Min(PieceLengthBytes, LengthBytes - (long)index * PieceLengthBytes);
    }

    private void CheckIndex(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, PieceCount);
    }

    /// <summary>Parses a bencoded info dictionary. False: <paramref name="error"/> says what is wrong, for people.</summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> raw,
        [NotNullWhen(true)] out TorrentInfo? info,
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
        [NotNullWhen(true)] out TorrentInfo? info,
        [NotNullWhen(false)] out string? error
    )
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
        else if (!TryReadFiles(value, out List<TorrentFileEntry>? files, out string? fault))
            error = fault;
        else if (Sum(files) is not { } length)
            error = "The files' sizes add up to more than 2^62 bytes.";
        else if (PiecesNeeded(length, pieceLength) is var needed && needed != pieces.Length / PieceHashBytes)
            error =
                $"{length} bytes in pieces of {pieceLength} need {needed} piece hashes, not {pieces.Length / PieceHashBytes}.";
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
        return info is not null;
    }

    /// <summary>
    /// True for a name that stays in its folder on every system and harms no terminal: not empty, no separator, no drive ("C:…"), no
    /// control character, not "." or "..".
    /// </summary>
    public static bool IsSafePathElement(string name)
    {
        if (name.Length == 0 || name is "." or "..")
            return false;
        if (name.Length >= 2 && name[1] == ':' && char.IsAsciiLetter(name[0]))
            return false;
        foreach (char character in name)
        {
            if (character is '/' or '\\' || char.IsControl(character))
                return false;
        }
        return true;
    }

    private static long PiecesNeeded(long lengthBytes, long pieceLengthBytes) =>
        (lengthBytes + pieceLengthBytes - 1) / pieceLengthBytes;

    /// <summary>All sizes together; null above 2^62, so that nothing reckoned from it overflows.</summary>
    private static long? Sum(List<TorrentFileEntry> files)
    {
        const long limit = 1L << 62;
        long sum = 0;
        foreach (TorrentFileEntry file in files)
        {
            if (file.LengthBytes > limit - sum)
                return null;
            sum += file.LengthBytes;
        }
        return sum;
    }

    private static bool TryReadFiles(
        BencodeValue value,
        [NotNullWhen(true)] out List<TorrentFileEntry>? files,
        [NotNullWhen(false)] out string? error
    )
    {
        files = null;
        error = null;
        BencodeValue? length = value["length"u8];
        if (value["files"u8] is not { } listed)
        {
            if (length?.AsInteger is >= 0 and var lengthBytes)
                files = [new TorrentFileEntry([], lengthBytes)];
            else
                error = "The length is missing or negative.";
            return files is not null;
        }
        if (listed.AsList is not { Count: > 0 } list || length is not null)
        {
            error = "The files are no list, an empty one, or stand beside a length.";
            return false;
        }
        var entries = new List<TorrentFileEntry>(list.Count);
        foreach (BencodeValue file in list)
        {
            if (!TryReadFile(file, out TorrentFileEntry? entry))
            {
                error = $"File {entries.Count} has no valid length, or no path, or one that could leave its folder.";
                return false;
            }
            entries.Add(entry);
        }
        files = entries;
        return true;
    }

    private static bool TryReadFile(BencodeValue file, [NotNullWhen(true)] out TorrentFileEntry? entry)
    {
        entry = null;
        if (
            file["length"u8]?.AsInteger is not (>= 0 and var lengthBytes)
            || file["path"u8]?.AsList is not { Count: > 0 } elements
        )
            return false;
        var path = new string[elements.Count];
        for (int i = 0; i < path.Length; i++)
        {
            if (elements[i].AsText is not { } element || !IsSafePathElement(element))
                return false;
            path[i] = element;
        }
        bool isPadding = file["attr"u8]?.AsBytes is { } attributes && attributes.Span.Contains((byte)'p');
        entry = new TorrentFileEntry(path, lengthBytes, isPadding);
        return true;
    }
}

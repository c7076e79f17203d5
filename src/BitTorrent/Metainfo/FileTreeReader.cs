using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using Distribution.BitTorrent.Bencode;
using Distribution.BitTorrent.Merkle;

namespace Distribution.BitTorrent.Metainfo;

/// <summary>
/// Reads a <c>file tree</c> (BEP 52, "file tree layout") into files with their places among the pieces. Stricter than most: names must
/// be safe, every dictionary must lead to a file, symlinks (BEP 47) are refused.
/// </summary>
internal sealed class FileTreeReader(int pieceLengthBytes)
{
    /// <summary>More pieces are refused: 32 TB in pieces of 2 MiB, and a bit field of 2 MB.</summary>
    public const int MaxPieces = 16 * 1024 * 1024;

    private readonly List<TorrentFileV2> _files = [];
    private readonly List<string> _folders = [];
    private long _pieces;

    /// <summary>All files in the tree's order, each with its whole path. False: <paramref name="error"/> says what is wrong.</summary>
    public bool TryRead(
        BencodeValue tree,
        [NotNullWhen(true)] out List<TorrentFileV2>? files,
        [NotNullWhen(false)] out string? error
    )
    {
        error = ReadFolder(tree);
        files = error is null ? _files : null;
        return error is null;
    }

    // Recursion is bounded by TorrentPaths.MaxElements.
    private string? ReadFolder(BencodeValue folder)
    {
        if (folder.AsDictionary is not { Count: > 0 } entries)
            return "The file tree has a part that is no dictionary, or an empty one.";
        if (_folders.Count >= TorrentPaths.MaxElements)
            return $"The file tree is deeper than {TorrentPaths.MaxElements} names.";
        foreach ((ReadOnlyMemory<byte> key, BencodeValue value) in entries)
        {
            if (!Utf8.IsValid(key.Span))
                return "The file tree has a name that is not UTF-8.";
            string name = Encoding.UTF8.GetString(key.Span);
            if (!TorrentInfo.IsSafePathElement(name))
                return "The file tree has a name that is empty out of place or could leave its folder.";
            _folders.Add(name);
            string? error = value[""u8] is { } file ? ReadFile(value, file) : ReadFolder(value);
            _folders.RemoveAt(_folders.Count - 1);
            if (error is not null)
                return error;
        }
        return null;
    }

    private string? ReadFile(BencodeValue owner, BencodeValue file)
    {
        if (owner.AsDictionary!.Count != 1)
            return "The file tree has a file with entries below it.";
        if (file["length"u8]?.AsInteger is not (>= 0 and <= 1L << 62 and var length))
            return "The file tree has a file without a valid length.";
        if (file["attr"u8]?.AsBytes is { } attributes && attributes.Span.Contains((byte)'l'))
            return "The file tree has a symlink, which is not supported.";
        MerkleHash? root = null;
        if (length > 0)
        {
            if (file["pieces root"u8]?.AsBytes is not { Length: MerkleHash.LengthBytes } rootBytes)
                return "The file tree has a file without a pieces root of 32 bytes.";
            root = new MerkleHash(rootBytes.Span);
            if (root == default(MerkleHash))
                return "The file tree has a file whose pieces root is all zeros.";
        }
        else if (file["pieces root"u8] is not null)
            return "The file tree has an empty file with a pieces root.";

        long pieces = (length + pieceLengthBytes - 1) / pieceLengthBytes;
        if (pieces > MaxPieces - _pieces)
            return $"The files have more than {MaxPieces} pieces.";
        _files.Add(new TorrentFileV2([.. _folders], length, root, (int)_pieces, (int)pieces));
        _pieces += pieces;
        return null;
    }
}

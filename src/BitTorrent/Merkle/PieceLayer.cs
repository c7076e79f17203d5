using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Distribution.BitTorrent.Merkle;

/// <summary>
/// What v2 knows of a non-empty file: its root and the layer of its tree where one node covers a piece (BEP 52, "piece layers"), 32
/// bytes a piece. Checked: the layer leads to the root. The uncles that a hash request asks for can be reckoned from it.
/// </summary>
public sealed class PieceLayer
{
    private readonly ReadOnlyMemory<byte> _hashes;

    private PieceLayer(long lengthBytes, int pieceLengthBytes, ReadOnlyMemory<byte> hashes, MerkleHash root)
    {
        LengthBytes = lengthBytes;
        PieceLengthBytes = pieceLengthBytes;
        _hashes = hashes;
        Root = root;
    }

    /// <summary>The file's size; at least 1.</summary>
    public long LengthBytes { get; }

    public int PieceLengthBytes { get; }

    /// <summary>The file's <c>pieces root</c>.</summary>
    public MerkleHash Root { get; }

    public int PieceCount => _hashes.Length / MerkleHash.LengthBytes;

    /// <summary>True where the metainfo lists the layer: the file is larger than a piece. Else the root says it all.</summary>
    public bool IsListed => PieceCount > 1;

    /// <summary>All nodes, side by side: the value in <c>piece layers</c>.</summary>
    public ReadOnlyMemory<byte> Hashes => _hashes;

    /// <summary>
    /// The node of piece <paramref name="index"/>; of the last one with zero leaves to the piece's end. Where the file is one piece
    /// at most it is the root, which covers no more than the file's blocks rounded up to a power of two.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">No such piece.</exception>
    public MerkleHash this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, PieceCount);
            return new MerkleHash(_hashes.Span.Slice(index * MerkleHash.LengthBytes, MerkleHash.LengthBytes));
        }
    }

    /// <summary>The layer of a file of one piece or less, which is its root alone.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An empty file, one larger than a piece, or no v2 piece length.</exception>
    public static PieceLayer OfRoot(long lengthBytes, int pieceLengthBytes, MerkleHash root)
    {
        _ = MerkleTree.LevelOfPieces(pieceLengthBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(lengthBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lengthBytes, pieceLengthBytes);
        return new PieceLayer(lengthBytes, pieceLengthBytes, root.AsSpan().ToArray(), root);
    }

    /// <summary>The layer of a file larger than a piece, from its nodes; reckons the root.</summary>
    /// <param name="hashes">32 bytes a piece; kept, not copied.</param>
    /// <exception cref="ArgumentException">The hashes do not cover the file, or it is not larger than a piece.</exception>
    public static PieceLayer OfPieces(long lengthBytes, int pieceLengthBytes, ReadOnlyMemory<byte> hashes)
    {
        int level = MerkleTree.LevelOfPieces(pieceLengthBytes);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lengthBytes, pieceLengthBytes);
        if (hashes.Length != HashesNeededBytes(lengthBytes, pieceLengthBytes))
            throw new ArgumentException(
                $"{lengthBytes} bytes in pieces of {pieceLengthBytes} do not have {hashes.Length} bytes of hashes.",
                nameof(hashes)
            );
        return new PieceLayer(lengthBytes, pieceLengthBytes, hashes, RootOf(hashes.Span, level));
    }

    /// <summary>Checks a layer that a stranger sent against the root it should lead to.</summary>
    /// <param name="hashes">The value in <c>piece layers</c>; empty for a file of one piece or less. Kept, not copied.</param>
    /// <returns>False: <paramref name="error"/> says what is wrong, for people.</returns>
    public static bool TryRead(
        MerkleHash root,
        long lengthBytes,
        int pieceLengthBytes,
        ReadOnlyMemory<byte> hashes,
        [NotNullWhen(true)] out PieceLayer? layer,
        [NotNullWhen(false)] out string? error
    )
    {
        layer = null;
        error = null;
        if (!MerkleTree.IsPieceLength(pieceLengthBytes))
            error = "The piece length is no power of two of at least 16 KiB.";
        else if (lengthBytes < 1)
            error = "An empty file has no piece layer.";
        else if (lengthBytes <= pieceLengthBytes)
        {
            if (hashes.IsEmpty)
                layer = OfRoot(lengthBytes, pieceLengthBytes, root);
            else
                error = "A file of one piece or less has no piece layer of its own.";
        }
        else if (hashes.Length != HashesNeededBytes(lengthBytes, pieceLengthBytes))
            error = $"The piece layer has {hashes.Length} bytes, not 32 for each piece.";
        else if (RootOf(hashes.Span, MerkleTree.LevelOfPieces(pieceLengthBytes)) != root)
            error = "The piece layer does not lead to the file's root.";
        else
            layer = new PieceLayer(lengthBytes, pieceLengthBytes, hashes, root);
        return layer is not null;
    }

    private static long HashesNeededBytes(long lengthBytes, int pieceLengthBytes) =>
        ((lengthBytes - 1) / pieceLengthBytes + 1) * MerkleHash.LengthBytes;

    private static MerkleHash RootOf(ReadOnlySpan<byte> hashes, int level)
    {
        var hasher = new MerkleHasher(level);
        hasher.Push(MemoryMarshal.Cast<byte, MerkleHash>(hashes));
        return hasher.Root()!.Value;
    }
}

using System.Runtime.InteropServices;
using Distribution.BitTorrent.Merkle;

namespace Distribution.BitTorrent.Pieces;

/// <summary>
/// Gathers the hashes of a content's pieces in any order and from any thread, then joins them. Keeps 20, 32 or 52 bytes a piece, not
/// the leaves.
/// </summary>
/// <param name="pieceLengthBytes">A power of two from 16 KiB to 64 MiB.</param>
/// <param name="versions">What the pieces are hashed for.</param>
public sealed class PieceHashList(int pieceLengthBytes, TorrentVersions versions)
{
    private readonly Lock _lock = new();
    private readonly List<TwentyBytes> _v1 = [];
    private readonly List<MerkleHash> _v2 = [];
    private readonly List<bool> _isKnown = [];
    private int _knownPieces;
    private (int Index, PieceHashes Hashes)? _shortPiece;

    /// <summary>Sets the hashes of piece <paramref name="index"/>; a second time replaces them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative index, or more bytes than a piece has.</exception>
    /// <exception cref="ArgumentException">Hashes for other versions, or a second short piece.</exception>
    public void Add(int index, PieceHashes hashes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hashes.LengthBytes, pieceLengthBytes, nameof(hashes));
        if (
            hashes.HasV1 != versions.HasFlag(TorrentVersions.V1)
            || hashes.HasV2 != versions.HasFlag(TorrentVersions.V2)
        )
            throw new ArgumentException($"The hashes are not those of {versions}.", nameof(hashes));
        lock (_lock)
        {
            bool isShort = hashes.LengthBytes < pieceLengthBytes;
            if (isShort && _shortPiece is { } other && other.Index != index)
                throw new ArgumentException(
                    $"Piece {other.Index} is short already; only the last may be.",
                    nameof(hashes)
                );
            if (isShort)
                _shortPiece = (index, hashes);
            else if (_shortPiece?.Index == index)
                _shortPiece = null;
            Grow(index + 1);
            if (!_isKnown[index])
                _knownPieces++;
            _isKnown[index] = true;
            if (hashes.HasV1)
                _v1[index] = new TwentyBytes(hashes.V1, "A v1 piece hash");
            if (hashes.V2 is { } v2)
                _v2[index] = v2;
        }
    }

    /// <summary>Joins the pieces; later additions do not change the answer.</summary>
    /// <exception cref="InvalidOperationException">A piece is missing, or a piece that is not the last is short.</exception>
    public ContentHashes Build()
    {
        lock (_lock)
        {
            int count = _isKnown.Count;
            if (_knownPieces != count)
                throw new InvalidOperationException($"Piece {_isKnown.IndexOf(false)} is missing.");
            if (_shortPiece is { } notLast && notLast.Index != count - 1)
                throw new InvalidOperationException($"Piece {notLast.Index} is short but not the last.");
            PieceHashes? shortPiece = _shortPiece?.Hashes;
            long missingBytes = shortPiece is { } last ? pieceLengthBytes - last.LengthBytes : 0;
            long length = (long)count * pieceLengthBytes - missingBytes;
            return new ContentHashes(
                versions,
                length,
                pieceLengthBytes,
                MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_v1)).ToArray(),
                // Not a bare null: that would turn into an empty memory, by way of a null array.
                shortPiece is { HasV1Padded: true } padded
                    ? padded.V1Padded.ToArray()
                    : default(ReadOnlyMemory<byte>?),
                versions.HasFlag(TorrentVersions.V2) && count > 0 ? BuildLayer(length) : null
            );
        }
    }

    private PieceLayer BuildLayer(long length)
    {
        if (_v2.Count == 1)
            return PieceLayer.OfRoot(length, pieceLengthBytes, _v2[0]);
        byte[] hashes = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_v2)).ToArray();
        if (_shortPiece is { } last)
        {
            long blocks = (last.Hashes.LengthBytes - 1) / MerkleTree.BlockLengthBytes + 1;
            MerkleHash lifted = MerkleTree.Lift(
                last.Hashes.V2!.Value,
                MerkleTree.LevelsAbove(blocks),
                MerkleTree.LevelOfPieces(pieceLengthBytes)
            );
            lifted.AsSpan().CopyTo(hashes.AsSpan(hashes.Length - MerkleHash.LengthBytes));
        }
        return PieceLayer.OfPieces(length, pieceLengthBytes, hashes);
    }

    private void Grow(int count)
    {
        int before = _isKnown.Count;
        if (before >= count)
            return;
        CollectionsMarshal.SetCount(_isKnown, count);
        CollectionsMarshal.AsSpan(_isKnown)[before..].Clear();
        if (versions.HasFlag(TorrentVersions.V1))
            CollectionsMarshal.SetCount(_v1, count);
        if (versions.HasFlag(TorrentVersions.V2))
            CollectionsMarshal.SetCount(_v2, count);
    }
}

using System.Security.Cryptography;
using Distribution.BitTorrent.Merkle;

namespace Distribution.BitTorrent.Pieces;

/// <summary>
/// Hashes one piece at a time from spans of any size, for v1 and v2 in one pass: each 16 KiB block goes through SHA-1 and SHA-256
/// while it is in the cache. Holds a block and a hash a tree level, whatever the piece length. Use one a thread.
/// </summary>
public sealed class PieceHasher : IDisposable
{
    private static readonly byte[] ZeroBlock = new byte[MerkleTree.BlockLengthBytes];

    private readonly bool _hashesPadding;
    private readonly IncrementalHash? _sha1;
    private readonly MerkleHasher? _leaves;
    private readonly byte[] _block = new byte[MerkleTree.BlockLengthBytes];
    private int _blockBytes;

    /// <param name="pieceLengthBytes">A power of two from 16 KiB to 64 MiB.</param>
    /// <param name="versions">What to hash for.</param>
    /// <param name="hashesPadding">
    /// Also the v1 hash of a short last piece with zeros to its end, which a folder's piece-aligned v1 half needs (BEP 47).
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">Another piece length, or no version.</exception>
    public PieceHasher(int pieceLengthBytes, TorrentVersions versions, bool hashesPadding = false)
    {
        PieceLengths.Check(pieceLengthBytes);
        if (versions is not (TorrentVersions.V1 or TorrentVersions.V2 or TorrentVersions.Hybrid))
            throw new ArgumentOutOfRangeException(nameof(versions), versions, "No such version.");
        PieceLengthBytes = pieceLengthBytes;
        Versions = versions;
        _hashesPadding = hashesPadding && versions.HasFlag(TorrentVersions.V1);
        if (versions.HasFlag(TorrentVersions.V1))
            _sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        if (versions.HasFlag(TorrentVersions.V2))
            _leaves = new MerkleHasher(baseLevel: 0);
    }

    public int PieceLengthBytes { get; }

    public TorrentVersions Versions { get; }

    /// <summary>Bytes of the current piece so far.</summary>
    public int LengthBytes { get; private set; }

    /// <summary>The bytes that the current piece still takes.</summary>
    public int RoomBytes => PieceLengthBytes - LengthBytes;

    /// <summary>Hashes one piece that is in memory as a whole.</summary>
    /// <exception cref="ArgumentException">Empty, or more than a piece.</exception>
    /// <exception cref="InvalidOperationException">A piece has been begun.</exception>
    public PieceHashes Hash(ReadOnlySpan<byte> piece)
    {
        if (LengthBytes > 0)
            throw new InvalidOperationException("A piece has been begun: finish it first.");
        Append(piece);
        return Finish();
    }

    /// <summary>Adds the next bytes of the current piece.</summary>
    /// <exception cref="ArgumentException">More than <see cref="RoomBytes"/>.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > RoomBytes)
            throw new ArgumentException($"The piece takes {RoomBytes} bytes more, not {bytes.Length}.", nameof(bytes));
        LengthBytes += bytes.Length;
        if (_blockBytes > 0)
        {
            int taken = Math.Min(bytes.Length, _block.Length - _blockBytes);
            bytes[..taken].CopyTo(_block.AsSpan(_blockBytes));
            _blockBytes += taken;
            bytes = bytes[taken..];
            if (_blockBytes < _block.Length)
                return;
            HashBlock(_block);
            _blockBytes = 0;
        }
        for (; bytes.Length >= MerkleTree.BlockLengthBytes; bytes = bytes[MerkleTree.BlockLengthBytes..])
            HashBlock(bytes[..MerkleTree.BlockLengthBytes]);
        bytes.CopyTo(_block);
        _blockBytes = bytes.Length;
    }

    /// <summary>The hashes of the current piece, which may be short where the content ends; the next piece begins.</summary>
    /// <exception cref="InvalidOperationException">No byte was added.</exception>
    public PieceHashes Finish()
    {
        if (LengthBytes == 0)
            throw new InvalidOperationException("A piece has at least one byte.");
        if (_blockBytes > 0)
            HashBlock(_block.AsSpan(0, _blockBytes));

        Span<byte> v1 = stackalloc byte[TwentyBytes.Length];
        Span<byte> v1Padded = stackalloc byte[TwentyBytes.Length];
        FinishV1(v1, v1Padded);
        var hashes = new PieceHashes(
            LengthBytes,
            _sha1 is null ? default : v1,
            _hashesPadding ? v1Padded : default,
            _leaves?.Root()
        );
        _leaves?.Reset();
        _blockBytes = 0;
        LengthBytes = 0;
        return hashes;
    }

    public void Dispose() => _sha1?.Dispose();

    private void FinishV1(Span<byte> v1, Span<byte> v1Padded)
    {
        if (_sha1 is null)
            return;
        if (!_hashesPadding || RoomBytes == 0)
        {
            _sha1.GetHashAndReset(v1);
            v1.CopyTo(v1Padded);
            return;
        }
        _sha1.GetCurrentHash(v1);
        for (int room = RoomBytes; room > 0; room -= ZeroBlock.Length)
            _sha1.AppendData(ZeroBlock.AsSpan(0, Math.Min(room, ZeroBlock.Length)));
        _sha1.GetHashAndReset(v1Padded);
    }

    private void HashBlock(ReadOnlySpan<byte> block)
    {
        _sha1?.AppendData(block);
        _leaves?.Push(MerkleHash.OfBlock(block));
    }
}

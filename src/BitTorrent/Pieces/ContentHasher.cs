namespace Distribution.BitTorrent.Pieces;

/// <summary>
/// Hashes one file that comes as a stream of spans of any size, for v1, v2 or both in one pass. A folder's files each have their own
/// hasher, so they may be hashed in any order and side by side; for a v1-only folder without padding files feed one hasher with all
/// files one after another. Not safe for several threads: for that give each thread a <see cref="PieceHasher"/> and join their
/// pieces in a <see cref="PieceHashList"/>.
/// </summary>
public sealed class ContentHasher : IDisposable
{
    private readonly PieceHasher _piece;
    private readonly PieceHashList _pieces;
    private int _pieceIndex;

    /// <param name="pieceLengthBytes">A power of two from 16 KiB to 64 MiB.</param>
    /// <param name="versions">What to hash for.</param>
    /// <param name="inFolder">
    /// The file is one of a folder's, so the v1 hash of its last piece is wanted with padding too (BEP 47). Costs up to a piece's
    /// hashing.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">Another piece length, or no version.</exception>
    public ContentHasher(int pieceLengthBytes, TorrentVersions versions, bool inFolder = false)
    {
        _piece = new PieceHasher(pieceLengthBytes, versions, inFolder);
        _pieces = new PieceHashList(pieceLengthBytes, versions);
    }

    /// <summary>Bytes hashed so far.</summary>
    public long LengthBytes { get; private set; }

    /// <summary>Adds the file's next bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        LengthBytes += bytes.Length;
        while (bytes.Length > 0)
        {
            int taken = Math.Min(bytes.Length, _piece.RoomBytes);
            _piece.Append(bytes[..taken]);
            bytes = bytes[taken..];
            if (_piece.RoomBytes == 0)
                _pieces.Add(_pieceIndex++, _piece.Finish());
        }
    }

    /// <summary>The hashes of all that was added. The hasher is done.</summary>
    public ContentHashes Finish()
    {
        if (_piece.LengthBytes > 0)
            _pieces.Add(_pieceIndex++, _piece.Finish());
        return _pieces.Build();
    }

    public void Dispose() => _piece.Dispose();
}

using System.Security.Cryptography;
using Distribution.BitTorrent.Metainfo;

namespace Distribution.Ingest.Imports;

/// <summary>
/// Checks bytes against a torrent's v1 hashes while they pass. The bytes are those of the torrent's files one after another; padding
/// (BEP 47) is no part of them and is hashed as zeros. Pieces may span files, as in torrents without padding.
/// </summary>
internal sealed class TorrentPieces : IDisposable
{
    private static readonly byte[] Zeros = new byte[64 << 10];

    private readonly TorrentInfo _torrent;
    private readonly IncrementalHash _piece = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
    private long _position;
    private int _file;
    private long _fileEnd;

    /// <param name="offset">In the files' bytes: all pieces that end before it are known to fit.</param>
    public TorrentPieces(TorrentInfo torrent, long offset)
    {
        _torrent = torrent;
        long position = PositionOf(offset);
        _position = position - position % torrent.PieceLengthBytes;
        // Where that is, among the files.
        while (_file < torrent.Files.Count && _fileEnd + torrent.Files[_file].LengthBytes <= _position)
        {
            if (!torrent.Files[_file].IsPadding)
                StreamStart += torrent.Files[_file].LengthBytes;
            _fileEnd += torrent.Files[_file++].LengthBytes;
        }
        if (_file == torrent.Files.Count)
            return;
        if (!torrent.Files[_file].IsPadding)
            StreamStart += _position - _fileEnd;
        _fileEnd += torrent.Files[_file].LengthBytes;
        SkipPadding();
    }

    /// <summary>Where in the files' bytes to begin: at or before the offset that was asked for.</summary>
    public long StreamStart { get; }

    /// <summary>The first piece that does not fit; null: none yet.</summary>
    public int? BadPiece { get; private set; }

    /// <summary>Takes the next bytes. After a bad piece they are not looked at.</summary>
    public void Append(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty && BadPiece is null && _file < _torrent.Files.Count)
        {
            int taken = (int)Math.Min(data.Length, _fileEnd - _position);
            Hash(data[..taken]);
            data = data[taken..];
            SkipPadding();
        }
    }

    public void Dispose() => _piece.Dispose();

    // To the next file that has bytes of its own.
    private void SkipPadding()
    {
        while (_file < _torrent.Files.Count)
        {
            if (_torrent.Files[_file].IsPadding)
            {
                while (_position < _fileEnd && BadPiece is null)
                    Hash(Zeros.AsSpan(0, (int)Math.Min(Zeros.Length, _fileEnd - _position)));
                _position = _fileEnd;
            }
            if (_position < _fileEnd)
                return;
            if (++_file < _torrent.Files.Count)
                _fileEnd += _torrent.Files[_file].LengthBytes;
        }
    }

    private void Hash(ReadOnlySpan<byte> data)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        while (!data.IsEmpty && BadPiece is null)
        {
            int index = (int)(_position / _torrent.PieceLengthBytes);
            long end = Math.Min((index + 1L) * _torrent.PieceLengthBytes, _torrent.LengthBytes);
            int taken = (int)Math.Min(data.Length, end - _position);
            _piece.AppendData(data[..taken]);
            data = data[taken..];
            _position += taken;
            if (_position < end)
                continue;
            _piece.GetHashAndReset(hash);
            if (!hash.SequenceEqual(_torrent.PieceHash(index)))
                BadPiece = index;
        }
    }

    // From an offset in the files' bytes to one in the torrent's, which has padding.
    private long PositionOf(long offset)
    {
        long position = 0;
        foreach (TorrentFileEntry file in _torrent.Files)
        {
            if (!file.IsPadding)
            {
                if (offset < file.LengthBytes)
                    return position + offset;
                offset -= file.LengthBytes;
            }
            position += file.LengthBytes;
        }
        return position;
    }
}

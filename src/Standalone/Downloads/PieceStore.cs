using System.Security.Cryptography;
using Distribution.BitTorrent.Hashing;
using Distribution.BitTorrent.Metainfo;
using Distribution.BitTorrent.Wire;
using Distribution.Standalone.Client;
using Microsoft.Win32.SafeHandles;

namespace Distribution.Standalone.Downloads;

/// <summary>
/// The download on disk. Until it is whole it has <c>.part</c> behind its name, and is checked piece by piece when a download goes on.
/// </summary>
internal sealed class PieceStore : IDisposable
{
    private const string PartSuffix = ".part";

    /// <summary>So much is read before it is hashed, or a piece.</summary>
    private const int MaxCheckedBytes = 16 << 20;

    private readonly TorrentInfo _torrent;
    private readonly FileMap _map;
    private readonly string _part;
    private readonly Dictionary<int, SafeFileHandle> _files = [];
    private bool _isWhole;

    private PieceStore(TorrentInfo torrent, string path, bool isWhole)
    {
        _torrent = torrent;
        _map = new FileMap(torrent);
        Path = path;
        _part = path + PartSuffix;
        _isWhole = isWhole;
    }

    /// <summary>The file or folder as it is called once it is whole.</summary>
    public string Path { get; }

    /// <summary>Where the bytes are now.</summary>
    public string CurrentPath => _isWhole ? Path : _part;

    /// <summary>Opens what is there of the download, or begins it.</summary>
    public static Answer<PieceStore> Open(TorrentInfo torrent, string folder)
    {
        string path = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, torrent.Name));
        bool exists = torrent.IsSingleFile ? File.Exists(path) : Directory.Exists(path);
        if (!exists && (File.Exists(path) || Directory.Exists(path)))
            return new Failure($"{path} is there already, and is something else.");
        var store = new PieceStore(torrent, path, exists);
        try
        {
            store.OpenFiles();
            return store;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            store.Dispose();
            return new Failure(fault.Message);
        }
    }

    /// <summary>Which pieces are there with the right hash.</summary>
    public Bitfield Check(CancellationToken stop)
    {
        var have = new Bitfield(_torrent.PieceCount);
        if (_files.Values.All(file => RandomAccess.GetLength(file) == 0))
            return have;
        var hash = new byte[SHA1.HashSizeInBytes];
        // Several are hashed side by side, where the processor can.
        int together = Math.Clamp(
            MaxCheckedBytes / _torrent.PieceLengthBytes,
            1,
            HashLanes.Count(ResumableHashKind.Sha1)
        );
        var buffer = new byte[together * _torrent.PieceLengthBytes];
        var pieces = new List<int>(together);
        for (int piece = 0; piece < _torrent.PieceCount; piece++)
        {
            stop.ThrowIfCancellationRequested();
            Memory<byte> bytes = BytesOf(pieces.Count, piece);
            if (TryRead(piece, 0, bytes.Span))
                pieces.Add(piece);
            if (pieces.Count < together && piece < _torrent.PieceCount - 1)
                continue;
            ResumableHash[] hashes = [.. pieces.Select(_ => new ResumableHash(ResumableHashKind.Sha1))];
            HashLanes.Append(hashes, [.. pieces.Select((read, i) => (ReadOnlyMemory<byte>)BytesOf(i, read))]);
            for (int i = 0; i < pieces.Count; i++)
            {
                hashes[i].Finish(hash);
                if (hash.AsSpan().SequenceEqual(_torrent.PieceHash(pieces[i])))
                    have.Set(pieces[i]);
            }
            pieces.Clear();
        }
        return have;

        Memory<byte> BytesOf(int place, int piece) =>
            buffer.AsMemory(place * _torrent.PieceLengthBytes, _torrent.PieceSizeBytes(piece));
    }

    public bool IsRight(int piece, ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(bytes, hash);
        return hash.SequenceEqual(_torrent.PieceHash(piece));
    }

    /// <exception cref="IOException">The disk is full, or fails.</exception>
    public void Write(int piece, ReadOnlySpan<byte> bytes)
    {
        foreach (FileSlice slice in _map.SlicesOf(piece))
        {
            if (!slice.IsPadding)
                RandomAccess.Write(
                    _files[slice.File],
                    bytes.Slice(slice.StartInPiece, slice.LengthBytes),
                    slice.OffsetBytes
                );
        }
    }

    /// <summary>Reads part of a piece. False: it is not there.</summary>
    public bool TryRead(int piece, int offsetBytes, Span<byte> destination)
    {
        int end = offsetBytes + destination.Length;
        foreach (FileSlice slice in _map.SlicesOf(piece))
        {
            int from = Math.Max(offsetBytes, slice.StartInPiece);
            int to = Math.Min(end, slice.StartInPiece + slice.LengthBytes);
            if (from >= to)
                continue;
            Span<byte> part = destination[(from - offsetBytes)..(to - offsetBytes)];
            if (slice.IsPadding)
                part.Clear();
            else if (!ReadWhole(_files[slice.File], part, slice.OffsetBytes + from - slice.StartInPiece))
                return false;
        }
        return true;
    }

    /// <summary>Gives it its name. Its bytes are on the disk before.</summary>
    /// <exception cref="IOException">It could not be flushed or renamed.</exception>
    public void Finish()
    {
        if (_isWhole)
            return;
        foreach (SafeFileHandle file in _files.Values)
            RandomAccess.FlushToDisk(file);
        if (_torrent.IsSingleFile)
            File.Move(_part, Path);
        else
            Directory.Move(_part, Path);
        // The handles stay: they are of the files, not of their names.
        _isWhole = true;
    }

    /// <summary>The SHA-256 of a single file, in small letters; null for a folder.</summary>
    public async Task<string?> Sha256Async(CancellationToken stop)
    {
        if (!_torrent.IsSingleFile)
            return null;
        await using var file = new FileStream(CurrentPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, stop));
    }

    public void Dispose()
    {
        foreach (SafeFileHandle file in _files.Values)
            file.Dispose();
    }

    private static bool ReadWhole(SafeFileHandle file, Span<byte> destination, long offset)
    {
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(file, destination, offset);
            if (read == 0)
                return false;
            destination = destination[read..];
            offset += read;
        }
        return true;
    }

    private void OpenFiles()
    {
        for (int index = 0; index < _torrent.Files.Count; index++)
        {
            TorrentFileEntry entry = _torrent.Files[index];
            if (entry.IsPadding)
                continue;
            string path = _torrent.IsSingleFile ? CurrentPath : System.IO.Path.Combine([CurrentPath, .. entry.Path]);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            _files[index] = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            // What is longer belongs to something else, and would stay.
            if (RandomAccess.GetLength(_files[index]) > entry.LengthBytes)
                throw new IOException($"{path} is there already, and is something else.");
        }
    }
}

using System.Globalization;
using Distribution.BitTorrent;

namespace Distribution.EdgeSeeder.Cache;

/// <summary>
/// The cache's folder: <c>{info-hash}/{piece, 8 hexadecimal digits}</c>, a file a piece. A file appears whole, by renaming; that it is
/// still right is for its reader to check.
/// </summary>
internal sealed class PieceFiles(string folder)
{
    private const string TemporarySuffix = ".part";

    /// <summary>Every piece file with its size and last write; leftovers of writes that were cut off are deleted.</summary>
    public IEnumerable<(PieceKey Key, long Bytes, long WrittenTicks)> Scan()
    {
        Directory.CreateDirectory(folder);
        foreach (DirectoryInfo torrent in new DirectoryInfo(folder).EnumerateDirectories())
        {
            if (!InfoHash.TryParse(torrent.Name, null, out InfoHash infoHash))
                continue;
            foreach (FileInfo file in torrent.EnumerateFiles())
            {
                if (file.Name.EndsWith(TemporarySuffix, StringComparison.Ordinal))
                    TryDelete(file.FullName);
                else if (
                    int.TryParse(file.Name, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int piece)
                )
                    yield return (new PieceKey(infoHash, piece), file.Length, file.LastWriteTimeUtc.Ticks);
            }
        }
    }

    /// <summary>Writes a piece and maps it.</summary>
    /// <exception cref="IOException">Disk full, or another fault; nothing is left behind.</exception>
    public MappedPiece Write(PieceKey key, ReadOnlySpan<byte> bytes)
    {
        string path = PathOf(key);
        string temporary = path + TemporarySuffix;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        MappedPiece? mapped = null;
        try
        {
            using (
                var handle = File.OpenHandle(
                    temporary,
                    FileMode.Create,
                    FileAccess.Write,
                    FileShare.None,
                    FileOptions.None,
                    preallocationSize: bytes.Length
                )
            )
                RandomAccess.Write(handle, bytes, 0);
            mapped = MappedPiece.Open(key.Piece, temporary, bytes.Length, path);
            File.Move(temporary, path, overwrite: true);
            return mapped;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            mapped?.Release();
            TryDelete(temporary);
            if (fault is IOException)
                throw;
            throw new IOException(fault.Message, fault);
        }
    }

    /// <summary>Reads a whole piece. False: not there, of another length, or not readable.</summary>
    public bool TryRead(PieceKey key, Span<byte> destination)
    {
        try
        {
            using var handle = File.OpenHandle(
                PathOf(key),
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            if (RandomAccess.GetLength(handle) != destination.Length)
                return false;
            int read = 0;
            while (read < destination.Length)
            {
                int count = RandomAccess.Read(handle, destination[read..], read);
                if (count == 0)
                    return false;
                read += count;
            }
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <exception cref="IOException">Not there or too short.</exception>
    public MappedPiece Map(PieceKey key, int lengthBytes, DateTime verifiedWrite)
    {
        string path = PathOf(key);
        return MappedPiece.Open(key.Piece, path, lengthBytes, path, verifiedWrite);
    }

    /// <summary>The file's time; of one that is not there some time long ago.</summary>
    public DateTime LastWriteOf(PieceKey key) => File.GetLastWriteTimeUtc(PathOf(key));

    public void Delete(PieceKey key) => TryDelete(PathOf(key));

    private string PathOf(PieceKey key) =>
        Path.Combine(folder, key.InfoHash.ToString(), key.Piece.ToString("x8", CultureInfo.InvariantCulture));

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // It stays as litter; a later write of the same piece replaces it.
        }
    }
}

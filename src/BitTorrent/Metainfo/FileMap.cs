namespace Distribution.BitTorrent.Metainfo;

/// <summary>Which files a torrent's pieces lie in, and where those are at the web seed (BEP 19).</summary>
public sealed class FileMap
{
    private readonly TorrentInfo _torrent;
    private readonly long[] _starts;

    public FileMap(TorrentInfo torrent)
    {
        _torrent = torrent;
        _starts = new long[torrent.Files.Count];
        long start = 0;
        for (int i = 0; i < _starts.Length; i++)
        {
            _starts[i] = start;
            start += torrent.Files[i].LengthBytes;
            if (!torrent.Files[i].IsPadding)
                ContentBytes += torrent.Files[i].LengthBytes;
        }
    }

    /// <summary>All files together, without padding.</summary>
    public long ContentBytes { get; }

    /// <summary>The piece's parts in order; empty files have none.</summary>
    public IEnumerable<FileSlice> SlicesOf(int piece)
    {
        long from = (long)piece * _torrent.PieceLengthBytes;
        long end = from + _torrent.PieceSizeBytes(piece);
        // The last file that starts there or before: of several, those before it are empty.
        int file = Array.BinarySearch(_starts, from);
        file = file < 0 ? ~file - 1 : file;
        for (long at = from; at < end; file++)
        {
            TorrentFileEntry entry = _torrent.Files[file];
            long offset = at - _starts[file];
            long length = Math.Min(entry.LengthBytes - offset, end - at);
            if (length <= 0)
                continue;
            yield return new FileSlice(file, offset, (int)(at - from), (int)length, entry.IsPadding);
            at += length;
        }
    }

    /// <summary>The piece's size without padding.</summary>
    public int ContentBytesOf(int piece) =>
        _torrent.IsSingleFile
            ? _torrent.PieceSizeBytes(piece)
            : SlicesOf(piece).Where(slice => !slice.IsPadding).Sum(slice => slice.LengthBytes);

    /// <summary>
    /// A file's own address: a folder's web seed takes the torrent's name and the file's path behind its slash, a single file's the name
    /// where its address ends in one.
    /// </summary>
    public Uri UrlOf(Uri webSeed, int file) =>
        _torrent.IsSingleFile
            ? webSeed.AbsolutePath.EndsWith('/')
                ? new Uri(webSeed.AbsoluteUri + Uri.EscapeDataString(_torrent.Name))
                : webSeed
            : new Uri(
                webSeed.AbsoluteUri
                    + string.Join('/', _torrent.Files[file].Path.Prepend(_torrent.Name).Select(Uri.EscapeDataString))
            );
}

using Distribution.BitTorrent.Metainfo;
using Distribution.Ingest.Contents;

namespace Distribution.Ingest.Imports;

/// <summary>A source's bytes that must be those of a torrent. A piece that does not fit ends the stream before its last byte.</summary>
internal sealed class CheckedStream : ReadOnlyStream
{
    private readonly Stream _source;
    private readonly TorrentPieces _pieces;

    private CheckedStream(Stream source, TorrentPieces pieces)
    {
        _source = source;
        _pieces = pieces;
    }

    /// <summary>The first piece that does not fit; null: none yet.</summary>
    public int? BadPiece => _pieces.BadPiece;

    /// <summary>Begins some bytes before the offset, at a piece, because a half piece cannot be checked; these are not given again.</summary>
    /// <inheritdoc cref="ISourceReader.OpenAsync"/>
    public static async Task<CheckedStream> OpenAsync(
        ISourceReader reader,
        ContentManifest manifest,
        long offset,
        CancellationToken cancellation
    )
    {
        if (!TorrentInfo.TryParse(manifest.Torrent!.InfoDictionary, out TorrentInfo? torrent, out string? error))
            throw new SourceFaultException($"The torrent cannot be read: {error}");
        var pieces = new TorrentPieces(torrent, offset);
        Stream source = await reader.OpenAsync(manifest, pieces.StreamStart, cancellation);
        var stream = new CheckedStream(source, pieces);
        try
        {
            var buffer = new byte[256 << 10];
            for (long left = offset - pieces.StreamStart; left > 0; )
            {
                int read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), cancellation);
                if (read == 0)
                    throw new IOException("The source ends early.");
                left -= read;
            }
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="IOException">The source failed, or a piece does not fit.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await _source.ReadAsync(buffer, cancellationToken);
        _pieces.Append(buffer.Span[..read]);
        return BadPiece is { } piece ? throw new IOException($"Piece {piece} does not fit the torrent.") : read;
    }

    public override async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _pieces.Dispose();
        await base.DisposeAsync();
    }
}

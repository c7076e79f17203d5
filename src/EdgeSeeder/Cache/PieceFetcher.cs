using System.Security.Cryptography;
using Distribution.BitTorrent.Metainfo;
using Distribution.BitTorrent.Pieces;

namespace Distribution.EdgeSeeder.Cache;

/// <summary>
/// Gets one torrent's pieces from its web seed, each byte once, and verifies them: block by block as they come where the states of the blocks are
/// known, beginning with the one that was asked for; else as a whole.
/// </summary>
internal sealed class PieceFetcher
{
    private const int HashBytes = 20;

    /// <summary>So many pieces of a torrent that is new here are fetched in parts side by side: somebody waits for them and has nothing else.</summary>
    private const int ColdPieces = 4;
    private const int MaxRanges = 4;
    private const int MinRangeBytes = 128 * 1024;

    /// <summary>What lies so near to the piece's start is fetched from there on: one request instead of two.</summary>
    private const int NearBytes = 2 * BlockStateMap.BlockBytes;

    private readonly PieceCache _cache;
    private readonly TorrentInfo _torrent;
    private readonly FileMap _files;
    private readonly CancellationToken _closed;
    private int _fetches;

    public PieceFetcher(PieceCache cache, TorrentInfo torrent, CancellationToken closed)
    {
        _cache = cache;
        _torrent = torrent;
        _closed = closed;
        _files = new FileMap(torrent);
        States = new TorrentBlockStates(cache, torrent);
    }

    public TorrentBlockStates States { get; }

    /// <summary>Null: the piece is there and right, as a whole; else what went wrong, for people.</summary>
    /// <param name="load">Told of each block that is right.</param>
    public async Task<string?> FetchAsync(Uri webSeed, ArrivingPiece piece, PieceLoad load)
    {
        bool isCold = Interlocked.Increment(ref _fetches) <= ColdPieces;
        BlockArrivals? blocks = null;
        string? fault;
        if (States.MayHave(piece.Piece))
        {
            // Both are asked for at once.
            blocks = new BlockArrivals(
                piece,
                load,
                _torrent.PieceHash(piece.Piece).ToArray(),
                States.OfPieceAsync(piece.Piece)
            );
            fault = await FillAsync(webSeed, piece, load.FirstBlock, blocks);
        }
        else
            fault = await FillAsync(webSeed, piece, isCold);
        if (fault is not null)
            return fault;
        if (blocks?.AreAllRight != true)
        {
            if (!IsRight(piece.Piece, piece.GetSpan()))
            {
                _cache.Telemetry.FillCorrupt();
                return "The bytes are not those that were published.";
            }
            if (blocks?.IsOneWrong == true)
                States.Forget(piece.Piece);
        }
        piece.VerifiedWhole();
        return null;
    }

    public bool IsRight(int piece, ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[HashBytes];
        SHA1.HashData(bytes, digest);
        return digest.SequenceEqual(_torrent.PieceHash(piece));
    }

    /// <summary>From the block that was asked for to the piece's end, then its head.</summary>
    private async Task<string?> FillAsync(Uri webSeed, ArrivingPiece piece, int firstBlock, BlockArrivals blocks)
    {
        FileSlice slice = _files.SlicesOf(piece.Piece).First();
        Uri url = _files.UrlOf(webSeed, slice.File);
        int from = firstBlock * BlockStateMap.BlockBytes;
        if (from <= NearBytes || from >= piece.LengthBytes)
            from = 0;
        return await FetchAsync(from, piece.LengthBytes) ?? (from == 0 ? null : await FetchAsync(0, from));

        Task<string?> FetchAsync(int start, int end) =>
            _cache.Origin.FetchAsync(
                url,
                slice.OffsetBytes + start,
                piece.Memory[start..end],
                _closed,
                filled => blocks.ArrivedAsync(start, filled)
            );
    }

    /// <summary>Reads the piece's part of each file; padding is never asked for.</summary>
    private async Task<string?> FillAsync(Uri webSeed, ArrivingPiece piece, bool isCold)
    {
        foreach (FileSlice slice in _files.SlicesOf(piece.Piece))
        {
            Memory<byte> part = piece.Memory.Slice(slice.StartInPiece, slice.LengthBytes);
            if (slice.IsPadding)
                part.Span.Clear();
            else if (await FetchAsync(_files.UrlOf(webSeed, slice.File), slice.OffsetBytes, part, isCold) is { } fault)
                return fault;
        }
        return null;
    }

    /// <summary>A stretch of a file, in parts side by side where that saves waiting: a young connection carries little at a time.</summary>
    private async Task<string?> FetchAsync(Uri url, long offsetBytes, Memory<byte> part, bool isCold)
    {
        int ranges = Math.Min(MaxRanges, part.Length / MinRangeBytes);
        if (ranges < 2 || !isCold)
            return await _cache.Origin.FetchAsync(url, offsetBytes, part, _closed);
        int length = (part.Length + ranges - 1) / ranges;
        string?[] faults = await Task.WhenAll(
            Enumerable
                .Range(0, ranges)
                .Select(range =>
                {
                    int start = range * length;
                    return _cache.Origin.FetchAsync(
                        url,
                        offsetBytes + start,
                        part.Slice(start, Math.Min(length, part.Length - start)),
                        _closed
                    );
                })
        );
        return faults.FirstOrDefault(static fault => fault is not null);
    }
}

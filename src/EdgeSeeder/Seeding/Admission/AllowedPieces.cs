using System.Net;
using Distribution.BitTorrent.Metainfo;
using Distribution.BitTorrent.Wire;

namespace Distribution.EdgeSeeder.Seeding.Admission;

/// <summary>The pieces that a choked peer may have (BEP 6, "allowed fast"), each once: so that it has something to trade with while it waits.</summary>
internal sealed class AllowedPieces
{
    /// <summary>Large pieces are allowed in smaller numbers: it is a start, and no way around the slots.</summary>
    private const long MostBytes = 4 << 20;

    private readonly int[] _left;

    public AllowedPieces(TorrentInfo torrent, IPAddress address)
    {
        int most = (int)Math.Clamp(MostBytes / torrent.PieceLengthBytes, 1, AllowedFastSet.StandardCount);
        Pieces = AllowedFastSet.Of(torrent.InfoHash, address, torrent.PieceCount, most);
        _left = [.. Pieces.Select(torrent.PieceSizeBytes)];
    }

    public IReadOnlyList<int> Pieces { get; }

    public bool Has(int piece) => Pieces.Contains(piece);

    /// <summary>Takes a block off what the peer may have. False: it may not.</summary>
    public bool TryTake(BlockRequest request)
    {
        for (int i = 0; i < _left.Length; i++)
        {
            if (Pieces[i] != request.Piece || _left[i] < request.LengthBytes)
                continue;
            _left[i] -= request.LengthBytes;
            return true;
        }
        return false;
    }
}

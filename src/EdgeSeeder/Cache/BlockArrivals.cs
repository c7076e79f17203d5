using Distribution.BitTorrent.Pieces;

namespace Distribution.EdgeSeeder.Cache;

/// <summary>Verifies a piece's blocks as they come, in order from some block on, and tells who waits for them. One fetch at a time.</summary>
internal sealed class BlockArrivals(
    ArrivingPiece piece,
    PieceLoad load,
    byte[] pieceHash,
    Task<ReadOnlyMemory<byte>?> states
)
{
    /// <summary>Who waits for a block is not to wait for the next ones; but a read costs more than hashing two blocks.</summary>
    private const int ReadBytes = 8 * BlockStateMap.BlockBytes;

    /// <summary>The states are asked for with the bytes; where they take longer, the piece is checked as a whole.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    private BlockVerifier? _verifier;
    private bool _isBegun;
    private int _right;

    /// <summary>The whole piece was verified by its blocks.</summary>
    public bool AreAllRight => _verifier is not null && _right == _verifier.BlockCount;

    /// <summary>A block does not fit its states: the one or the others are wrong.</summary>
    public bool IsOneWrong { get; private set; }

    /// <summary>So many bytes are there from <paramref name="start"/> on, where a block begins; returns how many to read at most.</summary>
    public async ValueTask<int> ArrivedAsync(int start, int filled)
    {
        if (!_isBegun)
            await BeginAsync();
        if (_verifier is null)
            return int.MaxValue;
        int end = start + filled;
        int block = Next(start);
        for (; !IsOneWrong && block < _verifier.BlockCount; block++)
        {
            (int from, int to) = _verifier.RangeOf(block);
            if (to > end)
                break;
            if (_verifier.IsRight(block, piece.GetSpan()[from..to]))
            {
                _right++;
                load.Verified(piece, block);
            }
            else
                IsOneWrong = true;
        }
        // The first block by itself.
        return filled < BlockStateMap.BlockBytes ? BlockStateMap.BlockBytes - filled : ReadBytes;
    }

    private int Next(int start)
    {
        int block = start / BlockStateMap.BlockBytes;
        while (piece.Has(block * BlockStateMap.BlockBytes, 1))
            block++;
        return block;
    }

    private async Task BeginAsync()
    {
        _isBegun = true;
        try
        {
            if (await states.WaitAsync(_patience) is { } known)
                _verifier = new BlockVerifier(piece.LengthBytes, pieceHash, known);
        }
        catch (TimeoutException)
        {
            // As a whole, then.
        }
    }
}

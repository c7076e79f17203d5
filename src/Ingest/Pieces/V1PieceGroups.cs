using Distribution.BitTorrent.Hashing;

namespace Distribution.Ingest.Pieces;

/// <summary>
/// Gathers blocks until they hold as many v1 pieces as are best hashed side by side, and then gives them to the workers. Where pieces are
/// so long that too few have room, each block goes by itself.
/// </summary>
internal sealed class V1PieceGroups
{
    /// <summary>So much of a content waits for more at the most.</summary>
    public const int MaxBytes = 16 << 20;

    // Of long pieces eight at a time, which narrow vectors hash nearly as fast, are worth more memory than this; more are not.
    private const int UsualBytes = 8 << 20;
    private const int FewPieces = 8;

    /// <summary>And so long: a client that is slower needs no lanes, and its bytes are to be acknowledged.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(100);

    private readonly PieceMap _map;
    private readonly HashWorkers _workers;
    private readonly Action<V1PieceRun, IReadOnlyList<ContentBlock>> _hash;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly int _pieces;
    private List<ContentBlock> _waiting = [];
    private int _waitingPieces;
    private long _waitingBytes;
    private HashLane? _lane;
    private bool _isClosed;

    /// <param name="open">Of the piece that the first block goes on with; null where it begins one.</param>
    /// <param name="hash">Has a run hash its next blocks.</param>
    public V1PieceGroups(
        PieceMap map,
        HashWorkers workers,
        ResumableHash? open,
        Action<V1PieceRun, IReadOnlyList<ContentBlock>> hash,
        TimeProvider clock
    )
    {
        _map = map;
        _workers = workers;
        _hash = hash;
        _pieces = PiecesOfGroup(map.PieceLengthBytes);
        if (open is not null)
            _lane = NewLane(open);
        _timer = clock.CreateTimer(_ => Flush(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What a group of full pieces takes: a block where there are no groups.</summary>
    public static int BytesOfGroup(int pieceLengthBytes) =>
        PiecesOfGroup(pieceLengthBytes) is var pieces and > 1
            ? Math.Max(ContentBlock.MaxBytes, pieces * pieceLengthBytes)
            : ContentBlock.MaxBytes;

    public void Post(ContentBlock block)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 && _pieces > 1)
                _timer.Change(MaxWait, Timeout.InfiniteTimeSpan);
            _waiting.Add(block);
            _waitingBytes += block.Length;
            for (long at = block.Start; _waitingPieces < _pieces && at < block.End; _waitingPieces++)
            {
                at = _map.PieceAt(at).End;
                if (at > block.End)
                    break;
            }
            if (_isClosed || _waitingPieces >= _pieces || _waitingBytes >= MaxBytes || _pieces == 1)
                FlushLocked();
        }
    }

    /// <summary>Nothing more comes soon.</summary>
    public void Flush()
    {
        lock (_gate)
            FlushLocked();
    }

    /// <summary>Nothing more comes at all.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            FlushLocked();
        }
        _timer.Dispose();
    }

    private void FlushLocked()
    {
        if (_waiting.Count == 0)
            return;
        long start = _waiting[0].Start;
        // In order only what one piece is in: else they run side by side.
        if (_lane is null || _map.PieceAt(start).Start == start)
            _lane = NewLane(null);
        _lane.Post(_waiting);
        _waiting = [];
        _waitingPieces = 0;
        _waitingBytes = 0;
        if (!_isClosed && _pieces > 1)
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private HashLane NewLane(ResumableHash? open)
    {
        var run = new V1PieceRun(_map, open);
        return new HashLane(_workers, blocks => _hash(run, blocks));
    }

    private static int PiecesOfGroup(int pieceLengthBytes)
    {
        int room = Math.Max(UsualBytes / pieceLengthBytes, Math.Min(FewPieces, MaxBytes / pieceLengthBytes));
        int pieces = Math.Min(HashLanes.Count(ResumableHashKind.Sha1), room);
        return pieces > 1 && HashLanes.IsFaster(ResumableHashKind.Sha1, pieces) ? pieces : 1;
    }
}

using Distribution.BitTorrent.Metainfo;
using Distribution.BitTorrent.Wire;

namespace Distribution.Standalone.Downloads;

/// <summary>
/// Who fetches which piece: the rarest that is missing first, each by one owner, near the end by several. All members may be called by
/// any thread.
/// </summary>
internal sealed class PiecePicker
{
    /// <summary>For pieces under way; one piece is always allowed.</summary>
    private const long MaxClaimedBytes = 256 << 20;

    private readonly Lock _gate = new();
    private readonly TorrentInfo _torrent;
    private readonly Bitfield _have;
    private readonly int[] _claims;
    private readonly int[] _holders;
    private readonly Dictionary<int, PieceClaim> _abandoned = [];
    private readonly HashSet<int> _suspect = [];
    private readonly HashSet<int> _atWebSeed = [];
    private long _claimedBytes;

    /// <param name="have">What is verified already; from here on this object's own.</param>
    public PiecePicker(TorrentInfo torrent, Bitfield have)
    {
        _torrent = torrent;
        _have = have;
        _claims = new int[torrent.PieceCount];
        _holders = new int[torrent.PieceCount];
    }

    public bool IsDone
    {
        get
        {
            lock (_gate)
                return _have.IsFull;
        }
    }

    public bool Has(int piece)
    {
        lock (_gate)
            return _have[piece];
    }

    /// <summary>A copy of what is verified.</summary>
    public Bitfield Snapshot()
    {
        lock (_gate)
        {
            var copy = new Bitfield(_have.Length);
            for (int piece = 0; piece < _have.Length; piece++)
            {
                if (_have[piece])
                    copy.Set(piece);
            }
            return copy;
        }
    }

    /// <summary>One peer more, or one less, has the piece.</summary>
    public void CountHolder(int piece, int change)
    {
        lock (_gate)
            _holders[piece] += change;
    }

    /// <summary>Whether any piece that is missing is among these.</summary>
    public bool Wants(Bitfield theirs)
    {
        lock (_gate)
        {
            for (int piece = 0; piece < _claims.Length; piece++)
            {
                if (!_have[piece] && theirs[piece])
                    return true;
            }
            return false;
        }
    }

    /// <summary>A piece for an owner that has <paramref name="theirs"/> (null: everything). Null: there is none for it now.</summary>
    /// <param name="mine">Pieces that this owner fetches already.</param>
    public PieceClaim? Claim(Bitfield? theirs, IReadOnlyCollection<int> mine)
    {
        lock (_gate)
        {
            int best = Find(theirs, mine, claimed: 0);
            // The end game: everything is under way, so a second owner tries too.
            if (best < 0 && mine.Count == 0 && theirs is not null)
                best = Find(theirs, mine, claimed: 1);
            return best < 0 ? null : Begin(best);
        }
    }

    /// <summary>Missing pieces in a row that nobody fetches, for a web seed: at least one, together at most <paramref name="mostBytes"/>.</summary>
    public List<PieceClaim> ClaimRun(long mostBytes)
    {
        var run = new List<PieceClaim>();
        lock (_gate)
        {
            int first = Find(theirs: null, mine: [], claimed: 0);
            // The end game: what a peer has under way may come sooner from here.
            if (first < 0)
                first = Find(theirs: null, _atWebSeed, claimed: 1);
            long bytes = 0;
            for (int piece = first; piece >= 0 && piece < _claims.Length; piece++)
            {
                bytes += _torrent.PieceSizeBytes(piece);
                if (run.Count > 0 && (_have[piece] || _claims[piece] > 0 || bytes > mostBytes))
                    break;
                if (Begin(piece) is not { } claim)
                    break;
                _atWebSeed.Add(piece);
                run.Add(claim);
            }
        }
        return run;
    }

    /// <summary>The owner gives up a piece that is not whole.</summary>
    public void Abandon(PieceClaim claim)
    {
        lock (_gate)
        {
            End(claim);
            claim.ChangeOwner();
            // Whoever comes next goes on with what is there, unless its hash was wrong once: then one owner brings all of it.
            if (claim.HasAny && !_have[claim.Piece] && !_suspect.Contains(claim.Piece))
                _abandoned.TryAdd(claim.Piece, claim);
        }
    }

    /// <summary>A whole piece had the right hash and is stored. False: another owner was faster.</summary>
    public bool TryFinish(PieceClaim claim)
    {
        lock (_gate)
        {
            End(claim);
            _abandoned.Remove(claim.Piece);
            return _have.Set(claim.Piece);
        }
    }

    /// <summary>A whole piece had a wrong hash.</summary>
    public void Fail(PieceClaim claim)
    {
        lock (_gate)
        {
            End(claim);
            _suspect.Add(claim.Piece);
        }
    }

    private int Find(Bitfield? theirs, IReadOnlyCollection<int> mine, int claimed)
    {
        int best = -1;
        int rarest = int.MaxValue;
        int equals = 0;
        for (int piece = 0; piece < _claims.Length; piece++)
        {
            if (
                _have[piece]
                || _claims[piece] != claimed
                || theirs is not null && !theirs[piece]
                || mine.Contains(piece)
            )
                continue;
            int holders = _abandoned.ContainsKey(piece) ? -1 : _holders[piece];
            if (holders > rarest)
                continue;
            equals = holders < rarest ? 1 : equals + 1;
            rarest = holders;
            // Among equals each with the same chance, so that viewers have different pieces to exchange.
            if (Random.Shared.Next(equals) == 0)
                best = piece;
        }
        return best;
    }

    private PieceClaim? Begin(int piece)
    {
        int size = _torrent.PieceSizeBytes(piece);
        if (_claimedBytes > 0 && _claimedBytes + size > MaxClaimedBytes)
            return null;
        _claims[piece]++;
        _claimedBytes += size;
        return _abandoned.Remove(piece, out PieceClaim? begun) ? begun : new PieceClaim(piece, size);
    }

    private void End(PieceClaim claim)
    {
        if (--_claims[claim.Piece] == 0)
            _atWebSeed.Remove(claim.Piece);
        _claimedBytes -= claim.SizeBytes;
    }
}

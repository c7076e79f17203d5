using System.Runtime.CompilerServices;
using Distribution.Silos.Swarms.Tables;

namespace Distribution.Silos.Swarms.Selection;

/// <summary>
/// Whom a peer may be told of: positions, each once, with a rating by which the best of a draw are taken. Those that are taken stand first.
/// Lives on the stack.
/// </summary>
internal ref struct Candidates
{
    /// <summary>Room for what may be told, and twice as many more that are looked at.</summary>
    public const int Room = 3 * PeerSample.MostWanted;

    /// <summary>Ratings are below this, and at least 0; a policy that adds to one keeps to that.</summary>
    public const int Ratings = 32;

    /// <summary>The rating of one that must not be told.</summary>
    public const int Never = -1;

    /// <summary>Words of the set that tells quickly who is not here yet.</summary>
    public const int SeenWords = 16;

    private readonly Span<int> _positions;
    private readonly Span<int> _ratings;
    private readonly Span<int> _sorted;
    private readonly Span<ulong> _seen;

    /// <param name="space">Need not be cleared.</param>
    public Candidates(ref CandidateSpace space)
    {
        Span<int> memory = space.Numbers;
        Span<ulong> seen = space.Seen;
        _positions = memory[..Room];
        _ratings = memory.Slice(Room, Room);
        _sorted = memory.Slice(2 * Room, Room);
        _seen = seen[..SeenWords];
        _seen.Clear();
    }

    public Draw Draw { get; private set; }

    /// <summary>Those who are taken.</summary>
    public int Taken { get; private set; }

    /// <summary>Taken or not.</summary>
    public int Count { get; private set; }

    public readonly ReadOnlySpan<int> TakenPositions => _positions[..Taken];

    /// <summary>Of this draw, not taken yet.</summary>
    public readonly ReadOnlySpan<int> Positions => _positions[Taken..Count];

    /// <summary>Of <see cref="Positions"/>.</summary>
    public readonly Span<int> RatingsNow => _ratings[Taken..Count];

    public void Begin(Draw draw) => Draw = draw;

    /// <summary>Does nothing where it is here already.</summary>
    public void Add(int position, int rating)
    {
        ulong bit = 1UL << (position & 63);
        if ((_seen[(position >> 6) & (SeenWords - 1)] & bit) == 0 || !_positions[..Count].Contains(position))
            AddNew(position, rating);
    }

    /// <summary>As <see cref="Add"/>, of one that is surely not here yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddNew(int position, int rating)
    {
        int count = Count;
        if ((uint)count >= (uint)_positions.Length || (uint)count >= (uint)_ratings.Length)
            return;
        _seen[(position >> 6) & (SeenWords - 1)] |= 1UL << (position & 63);
        _positions[count] = position;
        _ratings[count] = rating;
        Count = count + 1;
    }

    /// <summary>Takes the first <paramref name="most"/> of this draw, and lets go of the others.</summary>
    public void TakeFirst(int most) => Taken = Count = Math.Min(Taken + most, Count);

    /// <summary>Takes the best <paramref name="most"/> of this draw, the best first, and lets go of the others.</summary>
    public void TakeBest(int most)
    {
        Span<int> positions = _positions[Taken..Count];
        ReadOnlySpan<int> ratings = _ratings[Taken..Count];
        // From the greatest rating down to 0; who is never told comes last.
        RatingStarts room = default;
        Span<int> starts = room;
        foreach (int rating in ratings)
            starts[Ratings - 1 - rating]++;
        int told = Math.Min(most, positions.Length - starts[Ratings]);
        if (!starts.Contains(positions.Length))
        {
            int start = 0;
            foreach (ref int one in starts)
                (one, start) = (start, start + one);
            for (int i = 0; i < positions.Length; i++)
                _sorted[starts[Ratings - 1 - ratings[i]]++] = positions[i];
            _sorted[..told].CopyTo(positions);
        }
        Taken = Count = Taken + told;
    }

    [InlineArray(Ratings + 1)]
    private struct RatingStarts
    {
        private int _first;
    }
}

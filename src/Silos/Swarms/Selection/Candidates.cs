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
    public const sbyte Ratings = 32;

    /// <summary>The rating of one that must not be told.</summary>
    public const sbyte Never = -1;

    /// <summary>Words of the set of those who are here, by the lowest bits of their positions.</summary>
    public const int SeenWords = 64;

    private readonly Span<int> _positions;
    private readonly Span<sbyte> _ratings;
    private readonly Span<int> _sorted;
    private readonly Span<ulong> _seen;

    /// <param name="space">Need not be cleared.</param>
    public Candidates(ref CandidateSpace space)
    {
        _positions = space.Positions;
        _ratings = space.Ratings;
        _sorted = space.Sorted;
        _seen = space.Seen;
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
    public readonly Span<sbyte> RatingsNow => _ratings[Taken..Count];

    /// <summary>Where the next ones may be written, before <see cref="AddWritten"/>.</summary>
    public readonly Span<int> NextPositions => _positions[Count..];

    /// <summary>Of <see cref="NextPositions"/>.</summary>
    public readonly Span<sbyte> NextRatings => _ratings[Count..];

    public void Begin(Draw draw) => Draw = draw;

    /// <summary>
    /// Whether it is surely not here yet. It says no of those who are here, of those who were let go, and of one in a hundred others, where the table has more than
    /// 64 times <see cref="SeenWords"/> positions.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool IsNew(int position) => (_seen[(position >> 6) & (SeenWords - 1)] >> (position & 63) & 1) == 0;

    /// <summary>Does nothing where it is here already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int position, sbyte rating)
    {
        if (IsNew(position) || !_positions[..Count].Contains(position))
            AddNew(position, rating);
    }

    /// <summary>As <see cref="Add"/>, of one that is surely not here yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddNew(int position, sbyte rating)
    {
        int count = Count;
        if ((uint)count >= (uint)_positions.Length || (uint)count >= (uint)_ratings.Length)
            return;
        _seen[(position >> 6) & (SeenWords - 1)] |= 1UL << (position & 63);
        _positions[count] = position;
        _ratings[count] = rating;
        Count = count + 1;
    }

    /// <summary>Adds so many that were written to <see cref="NextPositions"/> and <see cref="NextRatings"/>, and surely were not here yet.</summary>
    public void AddWritten(int count)
    {
        Span<ulong> seen = _seen;
        foreach (int position in _positions.Slice(Count, count))
            seen[(position >> 6) & (SeenWords - 1)] |= 1UL << (position & 63);
        Count += count;
    }

    /// <summary>Takes the first <paramref name="most"/> of this draw, and lets go of the others.</summary>
    public void TakeFirst(int most) => Taken = Count = Math.Min(Taken + most, Count);

    /// <summary>Takes the best <paramref name="most"/> of this draw, the best first, and lets go of the others.</summary>
    public void TakeBest(int most)
    {
        Span<int> positions = _positions[Taken..Count];
        ReadOnlySpan<sbyte> ratings = _ratings[Taken..Count];
        if (ratings.IsEmpty)
            return;
        sbyte first = ratings[0];
        int differs = ratings.IndexOfAnyExcept(first);
        sbyte second = differs < 0 ? first : ratings[differs];
        int told = positions.Length;
        if (first == Never || second == Never || ratings.ContainsAnyExcept(first, second))
            told = Sort(positions, ratings);
        else if (differs >= 0)
            Part(positions, ratings, Math.Max(first, second));
        Taken = Count = Taken + Math.Min(most, told);
    }

    /// <summary>Of two ratings: those with the better one stand first. Without branches, as nobody can foretell who has it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Part(Span<int> positions, ReadOnlySpan<sbyte> ratings, sbyte better)
    {
        Span<int> sorted = _sorted[..positions.Length];
        int best = 0;
        int other = ratings.Count(better);
        for (int i = 0; i < positions.Length; i++)
        {
            bool isBetter = ratings[i] == better;
            sorted[isBetter ? best : other] = positions[i];
            best += isBetter ? 1 : 0;
            other += isBetter ? 0 : 1;
        }
        sorted.CopyTo(positions);
    }

    /// <summary>From the greatest rating down to 0; who is never told comes last. Answers how many may be told.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly int Sort(Span<int> positions, ReadOnlySpan<sbyte> ratings)
    {
        RatingStarts room = default;
        Span<int> starts = room;
        foreach (sbyte rating in ratings)
            starts[Ratings - 1 - rating]++;
        int told = positions.Length - starts[Ratings];
        int start = 0;
        foreach (ref int one in starts)
            (one, start) = (start, start + one);
        for (int i = 0; i < positions.Length; i++)
            _sorted[starts[Ratings - 1 - ratings[i]]++] = positions[i];
        _sorted[..told].CopyTo(positions);
        return told;
    }

    [InlineArray(Ratings + 1)]
    private struct RatingStarts
    {
        private int _first;
    }
}

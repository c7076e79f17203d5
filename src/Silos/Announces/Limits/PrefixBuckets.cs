namespace Distribution.Silos.Announces.Limits;

/// <summary>
/// A fixed number of token buckets that are found by hash. A bucket is one word: 16 bits of the hash, and 48 bits of the time at which it is
/// full again (a "theoretical arrival time", as ATM's generic cell rate algorithm has it). Eight share a line; where none is free, the one
/// that is full soonest makes room: so what is forgotten first owes the least, and a full table forgives, and never refuses who has taken
/// nothing. No lock, no allocation; any thread.
/// </summary>
/// <param name="lines">A power of two; 64 bytes each.</param>
internal sealed class PrefixBuckets(int lines)
{
    public const int Ways = 8;

    private const int TimeBits = 48;
    private const ulong TimeMask = (1UL << TimeBits) - 1;

    /// <summary>After so many lost races a request is let through: somebody else was charged meanwhile.</summary>
    private const int Attempts = 8;

    private readonly ulong[] _words = new ulong[lines * Ways];

    /// <summary>What the buckets take.</summary>
    public long Bytes => (long)_words.Length * sizeof(ulong);

    /// <summary>Takes tokens. 0: taken; else nothing was, and so much time has to pass first.</summary>
    /// <param name="hash">Of the prefix, under a secret key.</param>
    /// <param name="now">Since any start, in steps of any length: 48 bits of them, and of a quarter of a microsecond 2 years.</param>
    /// <param name="cost">Steps in which the bucket gets so many tokens back.</param>
    /// <param name="burst">Steps in which an empty bucket is full again.</param>
    public long Take(ulong hash, long now, long cost, long burst)
    {
        ulong tag = hash & ~TimeMask;
        Span<ulong> line = _words.AsSpan((int)(hash & (ulong)(lines - 1)) * Ways, Ways);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            int way = Find(line, tag, out ulong found);
            bool isKnown = (found & ~TimeMask) == tag;
            long fullAt = isKnown ? Math.Max(now, (long)(found & TimeMask)) : now;
            long next = fullAt + cost;
            if (next - now > burst)
                return next - now - burst;
            if (Interlocked.CompareExchange(ref line[way], tag | ((ulong)next & TimeMask), found) == found)
                return 0;
        }
        return 0;
    }

    /// <summary>Puts tokens back, as many as were taken; nothing happens if the bucket was forgotten meanwhile.</summary>
    /// <param name="cost">As it was taken.</param>
    public void GiveBack(ulong hash, long cost)
    {
        ulong tag = hash & ~TimeMask;
        Span<ulong> line = _words.AsSpan((int)(hash & (ulong)(lines - 1)) * Ways, Ways);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            int way = Find(line, tag, out ulong found);
            if (found == 0 || (found & ~TimeMask) != tag)
                return;
            long fullAt = Math.Max(0, (long)(found & TimeMask) - cost);
            if (Interlocked.CompareExchange(ref line[way], tag | (ulong)fullAt, found) == found)
                return;
        }
    }

    /// <summary>The place of this tag, or else the one that is full soonest.</summary>
    private static int Find(Span<ulong> line, ulong tag, out ulong found)
    {
        int least = 0;
        ulong leastTime = ulong.MaxValue;
        found = 0;
        for (int way = 0; way < line.Length; way++)
        {
            ulong word = Volatile.Read(ref line[way]);
            if ((word & ~TimeMask) == tag)
            {
                found = word;
                return way;
            }
            if ((word & TimeMask) < leastTime)
                (least, leastTime, found) = (way, word & TimeMask, word);
        }
        return least;
    }
}

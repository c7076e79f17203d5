namespace Distribution.EdgeSeeder.Seeding.Admission;

/// <summary>
/// What one household was given of one torrent. A viewer takes each byte about once; who takes the same again and again only uses the uplink up,
/// and comes with the strangers until it takes something new. Its loop's thread alone, where nothing else is said.
/// </summary>
internal sealed class Takings
{
    /// <summary>A torrent is looked at in so many parts at the most; 8 KiB for a household.</summary>
    private const int MostParts = 4096;
    private const int LeastPartKib = 16;

    /// <summary>For each of its viewers, in KiB: pieces that were wrong, blocks asked for twice.</summary>
    private const int FreeKib = 512;

    /// <summary>Of what one viewer takes, so much may be again beside that.</summary>
    private const double FreePart = 1.0 / 8;

    private readonly ushort[] _givenKib;
    private readonly long _partKib;
    private long _allKib;
    private long _againKib;
    private bool _areGreedy;

    public Takings(long torrentBytes)
    {
        long kib = (torrentBytes + 1023) / 1024;
        _partKib = Math.Max(LeastPartKib, (kib + MostParts - 1) / MostParts);
        _givenKib = new ushort[(kib + _partKib - 1) / _partKib];
    }

    /// <summary>More of it was again than of viewers. Any thread.</summary>
    public bool AreGreedy => Volatile.Read(ref _areGreedy);

    /// <summary>A timestamp of the last connection.</summary>
    public long UsedAt { get; set; }

    /// <summary>A block was given.</summary>
    /// <param name="offsetBytes">In the torrent.</param>
    /// <param name="viewers">How many viewers the tracker knows there; asked when it matters.</param>
    public void Add(long offsetBytes, int lengthBytes, Func<int> viewers)
    {
        int kib = (lengthBytes + 1023) / 1024;
        int part = (int)(offsetBytes / 1024 / _partKib);
        // A count at its end is of a torrent so large that nobody takes a part of it twice in the time.
        int given = Math.Min(ushort.MaxValue, _givenKib[part] + kib);
        _allKib += kib;
        _againKib += Math.Clamp(given - _partKib, 0, kib);
        _givenKib[part] = (ushort)given;
        bool areGreedy = AreGreedyWith(1);
        if (areGreedy && !_areGreedy)
            areGreedy = AreGreedyWith(Math.Max(1, viewers()));
        Volatile.Write(ref _areGreedy, areGreedy);
    }

    // Of what several take one is the first time, of which a part is free again.
    private bool AreGreedyWith(int viewers) =>
        _againKib > (long)FreeKib * viewers + _allKib * (1 - (1 - FreePart) / viewers);
}

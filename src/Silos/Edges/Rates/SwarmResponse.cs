namespace Distribution.Silos.Edges.Rates;

/// <summary>
/// What a swarm makes of an edge's bytes, learned from what it made of them so far (Antfarm, NSDI 2009: a coordinator gives a seed's
/// bandwidth to swarms by their measured response).
/// </summary>
/// <remarks>
/// The response is taken as the fluid bound of Kumar and Ross has it: while its peers can pass on each new byte to all others, a byte is worth
/// as many as there are viewers; once their uplinks are full, one; and nothing once the viewers take no more. Where the two bends are is
/// measured: peers that brought less than they could have had reached the first, a limit that was not used up the second. What was not seen
/// yet is tried, a quarter at a time.
/// </remarks>
public sealed class SwarmResponse
{
    private const double Exploration = 1.25;
    private const double Full = 0.85;
    private const double Smoothing = 0.5;

    private double _peerBytesPerSecond;
    private double _usableBytesPerSecond;
    private int _leechers;

    /// <summary>Takes in what was seen since the last limits were given.</summary>
    /// <param name="limitBytesPerSecond">What the edge could have sent; 0: it had no limit for this swarm.</param>
    /// <param name="edgeBytesPerSecond">What it did send.</param>
    /// <param name="peerBytesPerSecond">What peers brought each other meanwhile.</param>
    public void Observe(int leechers, double limitBytesPerSecond, double edgeBytesPerSecond, double peerBytesPerSecond)
    {
        _leechers = leechers;
        double possible = (leechers - 1) * edgeBytesPerSecond;
        if (peerBytesPerSecond < Full * possible)
            // Their uplinks are full, or they pass on badly: it comes to the same.
            _peerBytesPerSecond +=
                (peerBytesPerSecond - _peerBytesPerSecond) * (_peerBytesPerSecond == 0 ? 1 : Smoothing);
        else
            _peerBytesPerSecond = Math.Max(_peerBytesPerSecond, peerBytesPerSecond * Exploration);
        bool isLimited = limitBytesPerSecond <= 0 || edgeBytesPerSecond >= Full * limitBytesPerSecond;
        _usableBytesPerSecond = isLimited
            ? Math.Max(_usableBytesPerSecond, edgeBytesPerSecond * Exploration)
            : edgeBytesPerSecond * Exploration;
    }

    /// <summary>The stretches, the one that brings most first.</summary>
    public IReadOnlyList<ResponseSegment> Segments()
    {
        if (_leechers <= 1)
            return [new ResponseSegment(1, _usableBytesPerSecond)];
        double bend = Math.Min(_peerBytesPerSecond / (_leechers - 1), _usableBytesPerSecond);
        return [new ResponseSegment(_leechers, bend), new ResponseSegment(1, _usableBytesPerSecond - bend)];
    }
}

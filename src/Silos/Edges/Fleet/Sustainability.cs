namespace Distribution.Silos.Edges.Fleet;

/// <summary>
/// Whether a swarm's peers keep it complete by themselves: the fraction of time in which they together held every piece (Menasche et al.
/// 2010), as the nodes saw it on the wire.
/// </summary>
/// <remarks>
/// Let go once they held each piece twice or more nearly all of the time for a minute, so that the next who leaves does not break it; taken
/// back at the first look that finds a piece only once, while it is still whole.
/// </remarks>
internal sealed class Sustainability
{
    public const double WindowSeconds = 60;
    public const double FractionToRelease = 0.95;
    public const int CopiesToRelease = 2;

    private DateTimeOffset _begin;
    private DateTimeOffset _last;
    private double _fraction;

    /// <summary>Of the window, how much of the time the peers held each piece twice; less where it is not full yet.</summary>
    public double Fraction => _fraction;

    public bool PeersSustainIt { get; private set; }

    /// <param name="copies">Of the rarest piece among the viewers, as the node that sees most of them says.</param>
    public void Look(int copies, DateTimeOffset now)
    {
        bool held = copies >= CopiesToRelease;
        if (_begin == default)
            _begin = _last = now;
        // A mean that forgets with the window's time; what came before the first look counts as not held.
        double share = 1 - Math.Exp(-(now - _last).TotalSeconds * 3 / WindowSeconds);
        _fraction += ((held ? 1 : 0) - _fraction) * share;
        _last = now;
        if (!held)
            PeersSustainIt = false;
        else if (_fraction >= FractionToRelease && (now - _begin).TotalSeconds >= WindowSeconds)
            PeersSustainIt = true;
    }
}

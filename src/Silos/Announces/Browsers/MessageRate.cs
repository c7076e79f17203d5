namespace Distribution.Silos.Announces.Browsers;

/// <summary>Lets so many messages a second through, and a burst after silence. One thread.</summary>
internal sealed class MessageRate(int perSecond, int burst, TimeProvider clock)
{
    private double _allowance = burst;
    private long _at = clock.GetTimestamp();

    /// <summary>False: this one is too many.</summary>
    public bool TryTake()
    {
        long now = clock.GetTimestamp();
        _allowance = Math.Min(burst, _allowance + clock.GetElapsedTime(_at, now).TotalSeconds * perSecond);
        _at = now;
        if (_allowance < 1)
            return false;
        _allowance--;
        return true;
    }
}

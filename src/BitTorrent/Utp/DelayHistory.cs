namespace Distribution.BitTorrent.Utp;

/// <summary>
/// What our packets wait in queues, from one-way delays between two clocks that nobody has set (BEP 29): the least of the last minutes is the
/// path itself, what exceeds it is queues. Differences of 32-bit microseconds, so a wrap does no harm.
/// </summary>
internal sealed class DelayHistory
{
    private const long MinuteMicroseconds = 60_000_000;

    private readonly uint[] _minutes = new uint[3];
    private readonly uint[] _latest = new uint[3];
    private long _minuteBegan;
    private int _samples;

    /// <summary>In microseconds, from the least of the last three samples; 0 before the first.</summary>
    public uint QueueingMicroseconds
    {
        get
        {
            if (_samples == 0)
                return 0;
            uint @base = Least(_minutes, _minutes.Length);
            return Least(_latest, Math.Min(_samples, _latest.Length)) - @base;
        }
    }

    public void Add(uint delay, long now)
    {
        if (_samples == 0)
        {
            Array.Fill(_minutes, delay);
            _minuteBegan = now;
        }
        else if (now - _minuteBegan >= MinuteMicroseconds)
        {
            Array.Copy(_minutes, 0, _minutes, 1, _minutes.Length - 1);
            _minutes[0] = delay;
            _minuteBegan = now;
        }
        else if ((int)(delay - _minutes[0]) < 0)
            _minutes[0] = delay;
        _latest[_samples % _latest.Length] = delay;
        // Counts on in threes once all places are taken.
        _samples = _samples < 2 * _latest.Length ? _samples + 1 : _latest.Length + 1;
    }

    private static uint Least(ReadOnlySpan<uint> delays, int count)
    {
        uint least = delays[0];
        foreach (uint delay in delays[1..count])
        {
            if ((int)(delay - least) < 0)
                least = delay;
        }
        return least;
    }
}

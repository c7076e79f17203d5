namespace Distribution.EdgeSeeder.Seeding.Links;

/// <summary>How many encrypted handshakes are begun: each costs more than all else that a stranger can ask for. Any thread may call.</summary>
/// <param name="perSecond">As many may come at once.</param>
internal sealed class KeyExchanges(int perSecond, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private double _left = perSecond;
    private long _filledAt = clock.GetTimestamp();

    public bool TryBegin()
    {
        lock (_gate)
        {
            long now = clock.GetTimestamp();
            _left = Math.Min(perSecond, _left + clock.GetElapsedTime(_filledAt, now).TotalSeconds * perSecond);
            _filledAt = now;
            if (_left < 1)
                return false;
            _left--;
            return true;
        }
    }
}

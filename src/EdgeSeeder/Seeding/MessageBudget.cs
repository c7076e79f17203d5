namespace Distribution.EdgeSeeder.Seeding;

/// <summary>
/// How many messages of a peer are read before others matter more. Each block that it gets pays for two, so that a peer which downloads
/// never runs out; one that only talks is held back by its own socket.
/// </summary>
internal sealed class MessageBudget(int perSecond, TimeProvider clock)
{
    private const int MessagesPerBlock = 2;

    private readonly int _most = 4 * perSecond;
    private long _left = 4 * perSecond;
    private long _filledAt = clock.GetTimestamp();

    public bool IsLeft => _left > 0;

    public void Spend(int messages) => _left -= messages;

    public void Earn(long blocks) => _left = Math.Min(_most, _left + MessagesPerBlock * blocks);

    /// <summary>Called every tick.</summary>
    public void Refill()
    {
        long now = clock.GetTimestamp();
        double seconds = clock.GetElapsedTime(_filledAt, now).TotalSeconds;
        _left = (long)Math.Min(_most, _left + seconds * perSecond);
        _filledAt = now;
    }
}

using Distribution.Contracts.Ledgers;
using Distribution.Contracts.Metering;

namespace Distribution.EdgeSeeder.Control;

/// <summary>
/// Which of the journal's counters are booked: only what has grown since is told again, and records of past hours are let go once they
/// are booked as they stand.
/// </summary>
internal sealed class SendLedger(SendJournal journal)
{
    private Dictionary<SendCounter, long> _booked = [];

    /// <summary>Counters that are not booked as they stand, at most <paramref name="most"/>.</summary>
    public List<SendCounter> Unbooked(int most) =>
        [.. journal.Snapshot().Where(counter => !IsBooked(counter)).Take(most)];

    /// <summary>Says that these are in the ledger.</summary>
    public void Book(IReadOnlyList<SendCounter> sent)
    {
        foreach (SendCounter counter in sent)
            _booked[Name(counter)] = counter.BytesSent;
        IReadOnlyList<SendCounter> all = journal.Snapshot();
        List<SendCounter> booked = [.. all.Where(IsBooked)];
        journal.Acknowledge(booked);
        // What the journal has let go needs no memory here.
        _booked = all.Where(counter => _booked.ContainsKey(Name(counter)))
            .ToDictionary(Name, counter => _booked[Name(counter)]);
    }

    private static SendCounter Name(SendCounter counter) => counter with { BytesSent = 0 };

    private bool IsBooked(SendCounter counter) =>
        _booked.TryGetValue(Name(counter), out long bytes) && bytes == counter.BytesSent;
}

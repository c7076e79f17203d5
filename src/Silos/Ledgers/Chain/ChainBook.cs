using System.Text;
using Distribution.Contracts.Ledgers.Chain;
using Distribution.Silos.State;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>
/// Appends to the chain inside one transaction: entries for what is booked and not in it yet, the marks that it is in it now, and a signed
/// checkpoint. All or nothing of it is kept, so that a figure is in the chain once, however often it is tried.
/// </summary>
/// <param name="nowSeconds">Unix time.</param>
internal sealed class ChainBook(StateSession session, ChainKey key, long nowSeconds)
{
    /// <summary>Entries of one transaction: others wait that long for the writer.</summary>
    private const int MaxEntries = 200;

    private ChainHead _head;
    private int _left = MaxEntries;

    /// <summary>Appends what hours before <paramref name="before"/> lack; once nothing is left, hours before <paramref name="through"/> are closed.</summary>
    /// <param name="known">The head that this process appended last.</param>
    /// <exception cref="ChainBrokenException">The chain is not what this instance has signed.</exception>
    public ChainStep Append(long before, long through, ChainHead? known)
    {
        bool isNew = !TryReadHead(known);
        long at = _head.At;
        // A clock that was set back: nothing lies in the future of the line that says it.
        bool isFinished = AppendHours(Math.Min(before, HourTable.HourOf(at) + HourTable.HourSeconds));
        long reached = isFinished ? Math.Max(_head.Through, through) : _head.Through;
        if (isNew || _left < MaxEntries || reached > _head.Through)
        {
            string line = ChainLineWriter.Write(
                new ChainCheckpoint(_head.Sequence + 1, at, reached, _head.Hash),
                key.Sign
            );
            Keep(line);
            _head = _head with { Through = reached };
        }
        return new ChainStep(_head, isFinished);
    }

    /// <summary>False: there was no chain, and now it has its first entry.</summary>
    private bool TryReadHead(ChainHead? known)
    {
        if (EntryTable.ReadLast(session) is not { } last)
        {
            if (known is not null)
                throw new ChainBrokenException("All entries of the ledger's chain are gone.");
            _head = new ChainHead(-1, ChainHash.None, nowSeconds, 0);
            Keep(ChainLineWriter.Write(new ChainStart(nowSeconds, key.PublicKey)));
            return false;
        }
        byte[] line = Encoding.UTF8.GetBytes(last.Line);
        if (
            !ChainLineReader.TryRead(line, out ChainLine? read, out _)
            || read is not ChainCheckpoint head
            || head.Sequence != last.Sequence
            || ChainHash.Of(ChainLineReader.Hashed(line)) != head.Hash
            || !key.Signed(ChainLineReader.Signed(line), head.Signature)
        )
            throw new ChainBrokenException(
                $"Entry {last.Sequence}, the last of the ledger's chain, is no checkpoint that the key of this instance signed."
            );
        if (
            known is { } remembered
            && !(EntryTable.Find(session, remembered.Sequence) is { } kept && HashOf(kept) == remembered.Hash)
        )
            throw new ChainBrokenException(
                $"Entry {remembered.Sequence} of the ledger's chain is gone or was changed since this process wrote or read it."
            );
        _head = new ChainHead(head.Sequence, head.Hash, Math.Max(nowSeconds, head.At), head.Through);
        return true;
    }

    /// <summary>False: the transaction is long enough, and something is left.</summary>
    private bool AppendHours(long before)
    {
        List<PendingHour> grown = PendingHours.ReadGrown(session, before, MaxEntries);
        foreach (PendingHour hour in grown)
        {
            AppendEntry(hour);
            PendingHours.MarkChained(session, hour);
        }
        if (grown.Count == MaxEntries)
            return false;
        List<PendingHour> peopled = PendingHours.ReadPeopled(session, before, _left);
        foreach (PendingHour hour in peopled)
        {
            while (_left > 0 && AppendEntry(hour)) { }
        }
        return _left > 0;
    }

    /// <summary>False: there is nothing to say about the hour.</summary>
    private bool AppendEntry(PendingHour hour)
    {
        List<(byte[] Viewer, ChainPresence Before, ChainPresence After)> changes = PendingHours.TakeViewers(
            session,
            hour
        );
        if (changes.Count == 0 && hour.Growth == default)
            return false;
        var viewers = new ChainViewer[changes.Count];
        for (int i = 0; i < viewers.Length; i++)
            viewers[i] = new ChainViewer(
                key.NameOf(hour.FileKey, changes[i].Viewer),
                changes[i].Before,
                changes[i].After
            );
        Array.Sort(viewers, static (one, other) => one.Name.CompareTo(other.Name));
        Keep(
            ChainLineWriter.Write(
                new ChainHour(
                    _head.Sequence + 1,
                    _head.At,
                    hour.HourStart,
                    hour.HourStart < _head.Through,
                    hour.PublisherId,
                    hour.FileId,
                    hour.InfoHash,
                    hour.Growth,
                    viewers,
                    _head.Hash
                )
            )
        );
        if (hour.HourStart < _head.Through && hour.Growth != default)
            LateTable.Append(session, hour, _head.Sequence, _head.At);
        _left--;
        return true;
    }

    private void Keep(string line)
    {
        EntryTable.Append(session, _head.Sequence + 1, line);
        _head = _head with { Sequence = _head.Sequence + 1, Hash = HashOf(line) };
    }

    private static ChainHash HashOf(string line) => ChainHash.Of(ChainLineReader.Hashed(Encoding.UTF8.GetBytes(line)));
}

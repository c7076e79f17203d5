using Distribution.Contracts.Ledgers.Chain;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>What an export held as far as it was read. Times are Unix seconds.</summary>
public sealed record ChainSummary
{
    /// <summary>Of the chain, start and checkpoints included; the one that a part only begins after is not counted.</summary>
    public long Entries { get; init; }

    /// <summary>Of them, those that book a file's hour.</summary>
    public long HourEntries { get; init; }

    /// <summary>Of these, those that came after their hour was closed.</summary>
    public long LateEntries { get; init; }

    public long Checkpoints { get; init; }

    /// <summary>0: the export begins at the chain's start; otherwise with the entry after this one.</summary>
    public long After { get; init; }

    /// <summary>Hours from here on are there with all their entries; 0 in a whole export.</summary>
    public long CompleteFrom { get; init; }

    /// <summary>The earliest hour with an entry; null: there is none.</summary>
    public long? FirstHour { get; init; }

    /// <summary>The latest, likewise.</summary>
    public long? LastHour { get; init; }

    /// <summary>Hours before it are closed.</summary>
    public long Through { get; init; }

    /// <summary>The last entry.</summary>
    public long Last { get; init; }

    /// <summary>Its hash.</summary>
    public ChainHash Head { get; init; }

    /// <summary>The sums of all entries that were read.</summary>
    public ChainFigures Totals { get; init; }

    /// <summary>Of the key that signed; empty before the first line.</summary>
    public string Fingerprint { get; init; } = "";
}

namespace Distribution.Contracts.Costs;

/// <summary>Prices from one whole hour to another. New terms in the middle of a month start new tiers.</summary>
public sealed record ContractTerms
{
    /// <summary>UTC, inclusive; null: since ever.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>UTC, exclusive; null: without end.</summary>
    public DateTimeOffset? To { get; init; }

    public long BytesPerGigabyte { get; init; } = BillUnits.DecimalGigabyte;

    /// <summary>At least one; shares add up to 1.</summary>
    public required IReadOnlyList<RegionPrice> Regions { get; init; }

    /// <summary>Null: not stated.</summary>
    public EdgePrice? Edge { get; init; }

    /// <summary>What edges read from the origin; null: it is traffic like any other.</summary>
    public GigabytePrice? Fill { get; init; }

    /// <summary>Null: not stated.</summary>
    public PlatformPrice? Platform { get; init; }

    /// <summary>What an upload costs a viewer; null: not stated.</summary>
    public GigabytePrice? Viewers { get; init; }
}

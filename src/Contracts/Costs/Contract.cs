namespace Distribution.Contracts.Costs;

/// <summary>What a CDN and the machines beside it cost. Files: <see cref="ContractDocument"/>.</summary>
public sealed record Contract
{
    /// <summary>Small letters, digits and "-".</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>ISO 4217.</summary>
    public required string Currency { get; init; }

    /// <summary>One after another without a gap; at least one.</summary>
    public required IReadOnlyList<ContractTerms> Terms { get; init; }

    /// <summary>Where the figures stand; empty for one's own.</summary>
    public IReadOnlyList<string> Sources { get; init; } = [];

    /// <summary>When the sources were read; null: not stated.</summary>
    public DateOnly? Read { get; init; }

    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>
    /// This contract for whoever has <paramref name="own"/>: edges, platform and viewers cost what they cost there (its last terms) where
    /// this contract does not say. In another currency they cost nothing here, as nothing is converted.
    /// </summary>
    public Contract WithCostsOf(Contract own)
    {
        if (own.Currency != Currency)
            return this;
        ContractTerms last = own.Terms[^1];
        return this with
        {
            Terms =
            [
                .. Terms.Select(terms =>
                    terms with
                    {
                        Edge = terms.Edge ?? last.Edge,
                        Platform = terms.Platform ?? last.Platform,
                        Viewers = terms.Viewers ?? last.Viewers,
                    }
                ),
            ],
        };
    }
}

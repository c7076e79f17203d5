using Distribution.Contracts.Costs;
using Distribution.Silos.Accounts;
using Distribution.Silos.Reports;

namespace Distribution.Silos.Ledgers.Chain;

/// <summary>What an export's bills are reckoned with.</summary>
/// <param name="Server">For publishers without a contract of their own.</param>
/// <param name="Own">Publishers' own contracts, by publisher; each with its terms by date.</param>
/// <param name="Omitted">Publishers whose contract found no place in the export.</param>
public sealed record ExportPrices(
    PriceOptions Server,
    IReadOnlyDictionary<string, ContractDocument> Own,
    IReadOnlyList<string> Omitted
)
{
    /// <summary>In the place of all that stands in the export; null: what stands there.</summary>
    public ContractDocument? Instead { get; init; }

    /// <summary>One price list for all.</summary>
    public static ExportPrices Of(PriceOptions server) => new(server, new Dictionary<string, ContractDocument>(), []);

    /// <summary>The contract under which a publisher's bills are reckoned.</summary>
    /// <param name="publisherId">Null: several publishers', as though they were one.</param>
    public Contract ContractOf(string? publisherId)
    {
        Contract server = Server.ToContract();
        ContractDocument? own = Instead ?? (publisherId is null ? null : Own.GetValueOrDefault(publisherId));
        return own is null ? server : own.Contract.WithCostsOf(server);
    }

    /// <summary>False: the export does not tell its contract, and nobody else did.</summary>
    public bool Tells(string publisherId) => Instead is not null || !Omitted.Contains(publisherId);

    /// <summary>The contracts of those publishers that have files in the ledger.</summary>
    internal static ExportPrices Read(State.StateSession session, PriceOptions server)
    {
        var own = new Dictionary<string, ContractDocument>(StringComparer.Ordinal);
        var unreadable = new List<string>();
        foreach ((string publisherId, string json) in PublisherSettingsTable.ReadContracts(session))
        {
            if (
                ContractDocument.TryParse(
                    System.Text.Encoding.UTF8.GetBytes(json),
                    "contract",
                    out ContractDocument? read,
                    out _
                )
            )
                own[publisherId] = read;
            else
                unreadable.Add(publisherId);
        }
        return new ExportPrices(server, own, unreadable);
    }
}

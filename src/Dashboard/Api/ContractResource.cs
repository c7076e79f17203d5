using Distribution.Contracts.Costs;

namespace Distribution.Dashboard.Api;

/// <summary>A contract of the catalogue, in short.</summary>
public sealed record ContractResource(
    string Id,
    string Name,
    string Currency,
    DateOnly? Read,
    IReadOnlyList<string> Sources,
    IReadOnlyList<string> Notes
)
{
    public static ContractResource Of(Contract contract) =>
        new(contract.Id, contract.Name, contract.Currency, contract.Read, contract.Sources, contract.Notes);
}

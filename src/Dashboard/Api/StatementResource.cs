using Distribution.Contracts.Costs;
using Distribution.Contracts.Reports;

namespace Distribution.Dashboard.Api;

/// <summary>The bills of a report under one contract, and how they came about.</summary>
public sealed record StatementResource
{
    public required string ContractId { get; init; }

    public required string ContractName { get; init; }

    /// <summary>ISO 4217.</summary>
    public required string Currency { get; init; }

    public required ReportCost Cost { get; init; }

    /// <summary>For what was delivered at least.</summary>
    public required BillPairResource Low { get; init; }

    /// <summary>For what was delivered at most.</summary>
    public required BillPairResource High { get; init; }

    /// <summary>Delivered (high) in hours for which the contract has no terms; in no bill.</summary>
    public required long UnpricedBytes { get; init; }

    /// <summary>True: a 95th percentile of hours stands for one of shorter samples.</summary>
    public required bool IsApproximate { get; init; }

    public static StatementResource Of(CostStatement statement) =>
        new()
        {
            ContractId = statement.ContractId,
            ContractName = statement.ContractName,
            Currency = statement.Currency,
            Cost = ReportCost.Of(statement),
            Low = BillPairResource.Of(statement.Low),
            High = BillPairResource.Of(statement.High),
            UnpricedBytes = statement.UnpricedBytes,
            IsApproximate = statement.IsApproximate,
        };
}

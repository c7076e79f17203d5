using Distribution.Contracts.Costs;

namespace Distribution.Contracts.Reports;

/// <summary>Reads the ledger. Stateless: any activation answers, key 0.</summary>
public interface IReportGrain : IGrainWithIntegerKey
{
    Task<SavingsReport> GetAsync(ReportQuery query);

    /// <summary>What a month of these bytes would cost, flowing evenly.</summary>
    /// <param name="contract">JSON, valid; null: the server's.</param>
    /// <param name="month">Delivered, web seed, edges and viewers' uploads; the rest is left out.</param>
    Task<CostStatement> EstimateAsync(string? contract, ReportBytes month);

    /// <param name="month">Any time in it.</param>
    Task<MonthStatement> GetMonthAsync(string publisherId, DateTimeOffset month);
}

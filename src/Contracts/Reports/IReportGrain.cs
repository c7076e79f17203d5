using Distribution.Contracts.Costs;

namespace Distribution.Contracts.Reports;

/// <summary>Reads the ledger. Stateless: any activation answers, key 0.</summary>
public interface IReportGrain : IGrainWithIntegerKey
{
    Task<SavingsReport> GetAsync(ReportQuery query);

    /// <summary>What single files brought, the most delivered first; files without any bytes are left out.</summary>
    /// <param name="limit">1 to 200.</param>
    Task<IReadOnlyList<ReportFile>> ListFilesAsync(
        string publisherId,
        DateTimeOffset from,
        DateTimeOffset to,
        int skip,
        int limit
    );

    /// <summary>The same of these files alone, in any order.</summary>
    /// <param name="fileIds">At most 200.</param>
    Task<IReadOnlyList<ReportFile>> ReadFilesAsync(
        string publisherId,
        IReadOnlyList<string> fileIds,
        DateTimeOffset from,
        DateTimeOffset to
    );

    /// <summary>What a month of these bytes would cost, flowing evenly.</summary>
    /// <param name="contract">JSON, valid; null: the server's.</param>
    /// <param name="month">Delivered, web seed, edges and viewers' uploads; the rest is left out.</param>
    Task<CostStatement> EstimateAsync(string? contract, ReportBytes month);

    /// <param name="month">Any time in it.</param>
    Task<MonthStatement> GetMonthAsync(string publisherId, DateTimeOffset month);
}
